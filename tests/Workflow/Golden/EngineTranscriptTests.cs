namespace DaprShop.Workflow.Tests.Golden;

/// <summary>The engine against the recorded conversations of daprd 1.17.13 with workers and clients.</summary>
public sealed class EngineTranscriptTests
{
    /// <summary>
    /// Where the engine says something else on purpose. The numbers in brackets are sections of the protocol's notes, which say which of
    /// daprd's ways are defects that nobody relies on and what later versions do.
    /// </summary>
    private static readonly Dictionary<string, KnownDifferences> s_known = new()
    {
        // daprd starts an instance before its time when an event comes for it (4.5).
        ["16-event-while-pending"] = new(EndsAt: 10, []),

        // daprd tries a child with a taken id for ever; the engine lets it fail, as daprd's own notes want (4.4).
        ["23-child-id-taken"] = new(EndsAt: 10, []),

        // A duplicate start is ALREADY_EXISTS, as in later versions, not UNKNOWN (4.4).
        ["33-duplicate-start"] = new(0, [7]),

        // Which of two starts at once is first is a matter of luck.
        ["34-duplicate-start-at-once"] = new(EndsAt: 3, []),

        // A purge by force takes a running instance, as in later versions (4.4).
        ["36-purge"] = new(0, [50, 52]),

        // To wait for a missing instance is answered at once (4.5); CompleteWorkflowTask is served, as in later versions (1).
        ["37-client-on-missing"] = new(0, [16, 18, 22]),
        ["68-complete-workflow-task"] = new(0, [4]),

        // Every generation is committed, not every twentieth (4.2, step 8).
        ["24-continue-as-new-30"] = new(0, [67]),

        // The recorded store held other instances too.
        ["46-list-instance-ids"] = new(EndsAt: 6, []),

        // Without a worker everything is accepted and waits (4.5).
        ["48-no-worker"] = new(EndsAt: 13, []),

        // A made-up token is somebody else's: the answer is dropped (4.2, step 6).
        ["61-tokens"] = new(EndsAt: 3, []),

        // A worker cannot ignore its termination (4.2, step 9).
        ["63-term-ignored"] = new(EndsAt: 10, []),

        // An action without a case is refused and asked for again; daprd dies of it (4.3).
        ["65-empty-action"] = new(EndsAt: 4, []),

        // Events and terminations that a workflow sends do arrive (4.3).
        ["66-send-event"] = new(EndsAt: 10, []),
        ["75-terminate-action"] = new(EndsAt: 10, []),

        // The name of the version that ran is kept (4.2, step 7); the refusal of a stalled instance has the words of later versions (4.5).
        ["71-patches"] = new(0, [10, 17, 19, 23, 25]),
        ["73-version-not-available"] = new(0, [18, 20, 22, 30]),

        // An id that history already has is refused; daprd takes it and the instance hangs (4.2).
        ["72-recreated-task-id"] = new(EndsAt: 12, []),

        // A second suspension is dropped: there are workers that would never resume (3.6).
        ["79-suspend-worker-answers-empty"] = new(0, [18, 24, 29, 35]) { Missing = [13] },

        // The spans of workflows are not traced here.
        ["84-start-with-extras"] = new(0, [4, 11]),

        // Without an id an instance is given one; daprd runs it under the empty id (1).
        ["85-start-generated-id"] = new(EndsAt: 2, []),

        // The request's wish for a unique id is honoured, as in later versions (4.4).
        ["86-restart-completed-unique"] = new(EndsAt: 9, []),

        // The id of a terminated instance is free at once, although one of its activities still runs (4.4).
        ["87-restart-terminated-activity-runs"] = new(EndsAt: 13, []),

        // The history of a new run keeps the order of the old one; daprd moves the events of activities.
        ["47-rerun"] = new(0, [32, 38, 47]),

        // An answer without a custom status keeps the one there is (4.6).
        ["62-custom-status-absent"] = new(0, [14]),

        // Two timers that are due at the same moment come with one turn.
        ["89-timer-in-the-past"] = new(EndsAt: 6, []),
    };

    public static TheoryData<string> Scenarios => Transcripts.Names();

    [TheoryWhereTranscriptsAre]
    [MemberData(nameof(Scenarios))]
    public async Task The_engine_says_what_daprd_said(string scenario)
    {
        var differences = await EngineReplay.RunAsync(scenario, s_known.GetValueOrDefault(scenario, KnownDifferences.None));
        Assert.True(differences.Count == 0, string.Join('\n', differences));
    }
}
