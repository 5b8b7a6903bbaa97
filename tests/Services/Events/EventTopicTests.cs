using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using DaprShop.Contracts;
using DaprShop.Domain;
using DaprShop.Services.Tests.Orders;

namespace DaprShop.Services.Tests.Events;

/// <summary>The contracts, those who publish and those who subscribe agree about the topic of every event.</summary>
[Collection(nameof(SharedOrdersShop))]
public sealed partial class EventTopicTests(OrdersShop shop)
{
    // What a record's documentation begins with ("Topic orders"), of which the compiler writes a file beside the assembly.
    private static readonly ILookup<string, string> s_topics = (
        from member in XDocument.Load(Path.ChangeExtension(typeof(Topics).Assembly.Location, "xml")).Descendants("member")
        from topic in TopicOfAnEvent().Matches((string?)member.Element("summary") ?? "")
        select (Record: ((string)member.Attribute("name")!).Split('.')[^1], topic.Groups["topic"].Value)).ToLookup(pair => pair.Record, pair => pair.Value);

    private static readonly string[] s_events =
        [.. typeof(Topics).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(DomainEvent))).Select(type => type.Name)];

    public static TheoryData<string> Apps => [.. AppSubscription.Apps];

    public static TheoryData<string> Events => [.. s_events];

    [Theory]
    [MemberData(nameof(Events))]
    public void An_event_is_of_one_topic_and_made_by_the_service_whose_topic_it_is_alone(string name)
    {
        var topic = Assert.Single(s_topics[name]);

        Assert.Contains(topic, Topics.All);
        Assert.Equal([topic], Services().Where(service => EventsMadeBy(service).Contains(name)).Select(service => service.ToLowerInvariant()));
    }

    [Theory]
    [MemberData(nameof(Apps))]
    public async Task An_app_has_handlers_only_for_events_of_the_topic_they_are_delivered_from(string app)
    {
        foreach (var subscription in await shop.SubscriptionsOfAsync(app))
        {
            Assert.Contains(subscription.Topic, Topics.All.SelectMany(topic => new[] { topic, Topics.DeadLetters(topic) }));
            Assert.All(subscription.Types, name => Assert.Equal([subscription.Topic], s_topics[name]));
        }
    }

    [Fact]
    public async Task Handlers_are_found_where_there_are_some()
    {
        Assert.Contains(nameof(ShipmentStatusChanged), (await shop.SubscriptionsOfAsync(AppIds.Orders)).SelectMany(subscription => subscription.Types));
        Assert.Contains(nameof(OrderConfirmed), (await shop.SubscriptionsOfAsync(AppIds.Notifications)).SelectMany(subscription => subscription.Types));
    }

    private static IEnumerable<string> Services() =>
        from directory in Directory.GetDirectories(Path.Combine(Repository.Root, "services"))
        where Directory.GetFiles(directory, "*.csproj").Length > 0
        orderby directory
        select Path.GetFileName(directory);

    /// <summary>The events that a service's assembly constructs; those that it only hears are read from JSON.</summary>
    private static HashSet<string> EventsMadeBy(string service)
    {
        using var assembly = new PEReader(File.OpenRead(Path.Combine(AppContext.BaseDirectory, $"DaprShop.{service}.dll")));
        var metadata = assembly.GetMetadataReader();
        return
        [
            .. from handle in metadata.MemberReferences
               let member = metadata.GetMemberReference(handle)
               where member.Parent.Kind == HandleKind.TypeReference && metadata.StringComparer.Equals(member.Name, ".ctor")
               let type = metadata.GetTypeReference((TypeReferenceHandle)member.Parent)
               where metadata.StringComparer.Equals(type.Namespace, typeof(Topics).Namespace!)
               let name = metadata.GetString(type.Name)
               where s_events.Contains(name)
               select name,
        ];
    }

    [GeneratedRegex(@"^\s*Topic (?<topic>\w+)\b")]
    private static partial Regex TopicOfAnEvent();
}
