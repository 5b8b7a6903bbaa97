using Dapr.Actors;
using Dapr.Actors.Client;
using Dapr.Actors.Runtime;
using DaprShop.Sidecar.Resources;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using static DaprShop.Sidecar.Tests.TestComponents;

namespace DaprShop.Sidecar.Tests.Actors;

/// <summary>Apps of tests that host actors with the SDK, and proxies of such actors.</summary>
internal static class ActorApps
{
    public const string Counter = "Counter";

    public static readonly Component Store = Component("statestore", "state.sqlite", ("actorStateStore", "true"));

    /// <summary>An app that hosts <see cref="CounterActor"/>; the SDK must know its sidecar's port before that one starts.</summary>
    public static TestApp Counters(ActorLog log, Action<ActorRuntimeOptions>? configure = null, Action<WebApplication>? more = null)
    {
        var port = FreePorts.Next();
        return new TestApp("counters")
        {
            Components = [Store],
            Configure = options => options with { HttpPort = port },
            Services = services => services.AddSingleton(log).AddActors(options =>
            {
                options.HttpEndpoint = $"http://127.0.0.1:{port}";
                options.Actors.RegisterActor<CounterActor>(Counter);
                configure?.Invoke(options);
            }),
            Routes = app =>
            {
                app.MapActorsHandlers();
                more?.Invoke(app);
            },
        };
    }

    public static TestApp Caller() => new("caller") { Components = [Store] };

    /// <summary>A remoting proxy that calls through an app's sidecar.</summary>
    public static ICounter Proxy(this SidecarFixture dapr, string id, string type = Counter, string through = "caller") =>
        Factory(dapr, through).CreateActorProxy<ICounter>(new ActorId(id), type);

    /// <summary>A proxy that calls methods by name, with JSON.</summary>
    public static ActorProxy ByName(this SidecarFixture dapr, string id, string through = "caller") =>
        Factory(dapr, through).Create(new ActorId(id), Counter);

    private static ActorProxyFactory Factory(SidecarFixture dapr, string through) => new(
        new ActorProxyOptions { HttpEndpoint = dapr.Endpoint(through).HttpEndpoint.ToString() }, (HttpMessageHandler?)null);
}
