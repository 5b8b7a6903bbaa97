using DaprShop.Sidecar;
using DaprShop.Sidecar.Host;
using DaprShop.Sidecar.Host.Output;
using DaprShop.Sidecar.Host.Running;

if (args is ["config", ..])
{
    return await ConfigCommand.RunAsync(args[1..]);
}

Native.ListenToInterrupt();
if (!HostArguments.TryParse(args, out var arguments, out var error))
{
    await Console.Error.WriteLineAsync($"{error}\n\n{HostArguments.Usage}");
    return 2;
}

if (arguments.Help)
{
    Console.WriteLine(HostArguments.Usage);
    return 0;
}

if (arguments.Version)
{
    Console.WriteLine(SidecarMetadata.RuntimeVersion);
    return 0;
}

using var signals = new StopSignals();
using var terminal = Terminal.ForStandardOutput(arguments.LogAsJson);
return await new MultiAppRun(arguments, terminal, signals).RunAsync();
