using System.Text.Json;

namespace DaprShop.Workflow.Tests.Golden;

/// <summary>The recorded conversations of workers and clients with a real daprd: a folder beside the project, which not every machine has.</summary>
internal static class Transcripts
{
    private static readonly string? s_folder = Find();

    public static bool AreHere => s_folder is not null;

    public static TheoryData<string> Names(Func<string, bool>? wanted = null) => new(
        s_folder is null
            ? []
            : Directory.GetFiles(s_folder, "*.json").Select(Path.GetFileNameWithoutExtension).OfType<string>()
                .Where(name => wanted?.Invoke(name) ?? true).Order(StringComparer.Ordinal));

    public static Transcript Read(string name)
    {
        using var document = JsonDocument.Parse(File.ReadAllText(Path.Combine(s_folder!, name + ".json")));
        return new Transcript(name, [.. document.RootElement.GetProperty("steps").EnumerateArray().Select(Step.Of)]);
    }

    private static string? Find()
    {
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            var folder = Path.Combine(at.FullName, "shared", "specs", "golden-workflow");
            if (Directory.Exists(folder))
            {
                return folder;
            }
        }

        return null;
    }
}

/// <summary>One scenario.</summary>
internal sealed record Transcript(string Name, IReadOnlyList<Step> Steps);

/// <summary>What crossed the wire, or a note of what the recording did.</summary>
internal sealed record Step(int Number, TimeSpan At, string Rpc, string Kind, string From)
{
    /// <summary>Pairs a request with its answer; all items of a stream have the same one.</summary>
    public string Call { get; private init; } = "";

    /// <summary>Protobuf JSON with placeholders.</summary>
    public string Message { get; private init; } = "{}";

    /// <summary>An error's gRPC status.</summary>
    public int Status { get; private init; }

    public string Details { get; private init; } = "";

    public static Step Of(JsonElement step)
    {
        string Text(string name) => step.TryGetProperty(name, out var value) ? value.GetString()! : "";
        var at = double.Parse(Text("at").Trim('+', 's'), System.Globalization.CultureInfo.InvariantCulture);
        return new Step(step.GetProperty("n").GetInt32(), TimeSpan.FromSeconds(at), Text("rpc"), Text("kind"), Text("from"))
        {
            Call = Text("call"),
            Message = step.TryGetProperty("message", out var message) ? message.GetRawText() : "{}",
            Status = step.TryGetProperty("status", out var status) ? status.GetInt32() : 0,
            Details = Text("details"),
        };
    }
}

/// <summary>A theory over the transcripts; where they are missing it says so and is skipped.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class TheoryWhereTranscriptsAreAttribute : TheoryAttribute
{
    public TheoryWhereTranscriptsAreAttribute()
    {
        if (!Transcripts.AreHere)
        {
            Skip = "The transcripts (shared/specs/golden-workflow, beside the project) are not on this machine.";
        }
    }
}
