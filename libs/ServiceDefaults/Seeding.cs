using Dapr;
using Dapr.Client;
using Grpc.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DaprShop.ServiceDefaults;

/// <summary>What a service is born with.</summary>
public static class Seeding
{
    /// <summary>
    /// Runs <paramref name="seed"/> once the sidecar answers, at every start: it must be idempotent, and is tried again until it succeeds.
    /// The setting <c>SEED=false</c> turns it off.
    /// </summary>
    public static IServiceCollection AddSeed(this IServiceCollection services, Func<IServiceProvider, CancellationToken, Task> seed) =>
        services.AddHostedService(provider => ActivatorUtilities.CreateInstance<Seeder>(provider, seed));
}

internal sealed partial class Seeder(
    Func<IServiceProvider, CancellationToken, Task> seed,
    IServiceProvider services,
    DaprClient dapr,
    IConfiguration configuration,
    TimeProvider time,
    ILogger<Seeder> logger) : BackgroundService
{
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!configuration.GetValue("SEED", true))
        {
            return;
        }

        try
        {
            await dapr.WaitForSidecarAsync(stoppingToken);
            while (!await TrySeedAsync(stoppingToken))
            {
                await Task.Delay(s_pause, time, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The service stops before it was seeded; its next start seeds it.
        }
    }

    private async Task<bool> TrySeedAsync(CancellationToken cancellationToken)
    {
        try
        {
            await seed(services, cancellationToken);
            Seeded();
            return true;
        }
        catch (Exception e) when (e is DaprException or RpcException or DependencyUnavailableException or StateConflictException)
        {
            NotSeeded(e.Message);
            return false;
        }
    }

    [LoggerMessage(LogLevel.Debug, "Seeded")]
    private partial void Seeded();

    [LoggerMessage(LogLevel.Warning, "Not seeded yet: {Reason}")]
    private partial void NotSeeded(string reason);
}
