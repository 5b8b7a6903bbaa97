using Grpc.Core;

namespace DaprShop.Sidecar.Bindings;

/// <summary>The errors of the bindings API, with daprd's codes and words.</summary>
internal static class BindingErrors
{
    public static DaprApiException NoOperation(string binding) => Invoke(binding, "operation field is missing from request");

    public static DaprApiException NotFound(string binding) => Invoke(binding, $"couldn't find output binding {binding}");

    public static DaprApiException UnknownOperation(string binding, string operation, IEnumerable<string> supported) => Invoke(
        binding, $"binding {binding} does not support operation {operation}. supported operations:{string.Join(' ', supported)}");

    public static DaprApiException Invoke(string binding, string cause, IReadOnlyDictionary<string, string>? answer = null) =>
        new(500, StatusCode.Internal, "ERR_INVOKE_OUTPUT_BINDING", $"error invoking output binding {binding}: {cause}")
        {
            AnswerMetadata = answer,
        };
}
