using DaprShop.Sidecar.Observability;
using DaprShop.Sidecar.Resiliency;
using DaprShop.Sidecar.Resources;

namespace DaprShop.Sidecar.Bindings;

/// <summary>The bindings in one app's scope: output bindings (bindings.http) and input bindings (bindings.cron).</summary>
internal sealed class BindingComponents(Sidecar sidecar) : IDisposable
{
    private static readonly TimeSpan s_drain = TimeSpan.FromSeconds(5);

    private readonly ILogger _logger = sidecar.Shared.Loggers.CreateLogger("dapr.runtime.bindings");
    private readonly Dictionary<string, (HttpOutputBinding Binding, ResiliencyPolicy Policy)> _outputs = new(StringComparer.Ordinal);
    private readonly List<CronInputBinding> _inputs = [];
    private readonly CancellationTokenSource _aborting = new();

    /// <summary>Opens a component. Throws <see cref="InvalidDataException"/> when it cannot be used.</summary>
    public void Add(Component component)
    {
        if (component.Type == "bindings.cron")
        {
            _inputs.Add(new CronInputBinding(sidecar, component, _logger));
        }
        else
        {
            _outputs.Add(component.Name, (new HttpOutputBinding(component), sidecar.Policies.ForComponentOutbound(component.Name, component.Category)));
        }
    }

    /// <summary>Calls an output binding. A <see cref="DaprApiException"/> tells what went wrong, with what the binding answered.</summary>
    public async Task<BindingResponse> InvokeAsync(string name, BindingRequest request, CancellationToken cancellationToken)
    {
        if (request.Operation.Length == 0)
        {
            throw BindingErrors.NoOperation(name);
        }

        if (!_outputs.TryGetValue(name, out var output))
        {
            throw BindingErrors.NotFound(name);
        }

        if (!HttpOutputBinding.Operations.Contains(request.Operation))
        {
            throw BindingErrors.UnknownOperation(name, request.Operation, HttpOutputBinding.Operations);
        }

        try
        {
            var call = output.Policy.CallAsync(
                token => output.Binding.InvokeAsync(request, token), cause => BindingErrors.Invoke(name, cause), cancellationToken);
            return await sidecar.Metrics.Components.OutputBindings.MeasureAsync(name, request.Operation, call).ConfigureAwait(false);
        }
        catch (BindingFailedException e)
        {
            throw BindingErrors.Invoke(name, e.Message, e.Answer);
        }
    }

    /// <summary>Starts the input bindings that the app wants; they run until <paramref name="stopping"/> is cancelled.</summary>
    public async Task StartAsync(CancellationToken stopping)
    {
        if (_inputs.Count > 0 && sidecar.App.Exists)
        {
            var app = await InputApp.OpenAsync(sidecar, _logger, stopping).ConfigureAwait(false);
            await Task.WhenAll(_inputs.Select(input => input.StartAsync(app, stopping, _aborting.Token))).ConfigureAwait(false);
        }
    }

    /// <summary>Gives the calls of input bindings that are under way when the sidecar stops five seconds.</summary>
    public Task StopAsync()
    {
        _aborting.CancelAfter(s_drain);
        return Task.WhenAll(_inputs.Select(input => input.WhenStoppedAsync()));
    }

    public void Dispose()
    {
        foreach (var (binding, _) in _outputs.Values)
        {
            binding.Dispose();
        }

        _aborting.Dispose();
    }
}
