using System.Text.RegularExpressions;

namespace DaprShop.Architecture.Tests;

/// <summary>The rules of the house, held by reading project files and sources.</summary>
public sealed partial class HouseRules
{
    [Fact]
    public void Services_meet_only_through_Dapr_and_the_libraries() => AssertNone(
        from project in Repository.Projects("services")
        from reference in Repository.References(project)
        where !reference.StartsWith("libs/", StringComparison.Ordinal)
        select $"{Repository.NameOf(project)} references {reference}");

    [Fact]
    public void The_sidecar_knows_nothing_of_shops() => AssertNone(
        from project in Repository.Projects("sidecar")
        from reference in Repository.References(project)
        where !reference.StartsWith("sidecar/", StringComparison.Ordinal)
        select $"{Repository.NameOf(project)} references {reference}");

    [Fact]
    public void Libraries_use_only_libraries() => AssertNone(
        from project in Repository.Projects("libs")
        from reference in Repository.References(project)
        where !reference.StartsWith("libs/", StringComparison.Ordinal)
        select $"{Repository.NameOf(project)} references {reference}");

    [Fact]
    public void A_services_domain_has_no_infrastructure_no_clock_and_no_chance() => AssertNone(
        from source in DomainSources
        from found in Impurity().Matches(File.ReadAllText(source))
        select $"{Repository.NameOf(source)}: {found.Value}");

    [Fact]
    public void Every_service_has_a_domain_but_the_edges_of_the_shop()
    {
        // The outside, the door, the one in another language, and the one that looks after the others' messages.
        string[] withoutOne = ["CardProvider", "Gateway", "Notifications", "Operations"];

        var services = Repository.Services
            .Where(service => !Repository.Sources(Path.Combine(service, "Domain")).Any())
            .Select(Path.GetFileName);

        Assert.Equal(withoutOne, services);
    }

    [Fact]
    public void A_program_is_the_table_of_contents_of_its_service() => AssertNone(
        from service in Repository.Services
        let program = Repository.Program(service)
        let lines = File.ReadLines(program).Count()
        where lines >= 60
        select $"{Repository.NameOf(program)} has {lines} lines");

    [Fact]
    public void Every_service_says_what_it_owns() => AssertNone(
        from service in Repository.Services
        where !File.Exists(Path.Combine(service, "README.md"))
        select $"{Path.GetFileName(service)} has no README.md");

    [Fact]
    public void The_sidecars_front_ends_only_translate() => AssertNone(
        from source in Repository.Sources("sidecar/Runtime/Http").Concat(Repository.Sources("sidecar/Runtime/Grpc"))
        from found in StorageAccess().Matches(File.ReadAllText(source))
        select $"{Repository.NameOf(source)}: {found.Value}");

    [Fact]
    public void The_sidecars_building_blocks_know_no_front_end() => AssertNone(
        from source in Repository.Sources("sidecar/Runtime")
        where BlockFolder().IsMatch(Repository.NameOf(source))
        from found in FrontEndAccess().Matches(File.ReadAllText(source))
        select $"{Repository.NameOf(source)}: {found.Value}");

    private static IEnumerable<string> DomainSources =>
        Repository.Services.SelectMany(service => Repository.Sources(Path.Combine(service, "Domain"))).Concat(Repository.Sources("libs/Domain"));

    private static void AssertNone(IEnumerable<string> violations) => Assert.Empty(violations);

    [GeneratedRegex(@"using (Dapr\b|Microsoft\.|System\.(IO|Net|Threading)|Grpc)[^;]*;|\bDate(TimeOffset|Time|Only)\.(UtcNow|Now|Today)\b|\bGuid\.(NewGuid|CreateVersion7)\b|\bnew Random\b|\bRandom\.Shared\b|\bEnvironment\.|\bFile\.|\bTask\b")]
    private static partial Regex Impurity();

    [GeneratedRegex(@"using DaprShop\.Sidecar\.Storage;|Microsoft\.Data\.Sqlite")]
    private static partial Regex StorageAccess();

    [GeneratedRegex("^sidecar/Runtime/(State|PubSub|Secrets|Workflows|Resiliency|Cel|Storage|Resources)/")]
    private static partial Regex BlockFolder();

    [GeneratedRegex(@"using (Microsoft\.AspNetCore\.(Http|Builder|Routing)|DaprShop\.Sidecar\.(Http|Grpc))\b[^;]*;")]
    private static partial Regex FrontEndAccess();
}
