using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using DaprShop.Contracts;

namespace DaprShop.Domain.Tests.Contracts;

/// <summary>What a consumer may rely on of every event that the shop publishes, and what a publisher may change without telling it.</summary>
public sealed class EventContractTests
{
    private static readonly Type[] s_events =
        [.. typeof(Topics).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(DomainEvent)) && !type.IsAbstract)];

    public static TheoryData<string> Events => [.. s_events.Select(type => type.Name)];

    [Fact]
    public void Every_event_is_told_by_a_name_of_its_own()
    {
        Assert.Equal(s_events.Length, s_events.Select(type => type.Name).Distinct().Count());
        Assert.Contains(nameof(OrderCreated), s_events.Select(type => type.Name));
    }

    [Theory]
    [MemberData(nameof(Events))]
    public void An_event_is_read_as_it_was_written(string name)
    {
        var written = Sample(name);

        Assert.Equal(Text(written), Text(Read(name, Json(written))));
    }

    [Theory]
    [MemberData(nameof(Events))]
    public void A_field_that_a_consumer_does_not_know_yet_is_passed_over(string name)
    {
        var json = Json(Sample(name));
        json["addedLater"] = new JsonObject { ["by"] = "a newer publisher" };

        Assert.Equal(Text(Sample(name)), Text(Read(name, json)));
    }

    [Theory]
    [MemberData(nameof(Events))]
    public void A_field_that_came_later_may_be_missing(string name)
    {
        foreach (var optional in Parameters(name).Where(parameter => parameter.HasDefaultValue))
        {
            var json = Json(Sample(name));
            Assert.True(json.Remove(JsonNamingPolicy.CamelCase.ConvertName(optional.Name!)), optional.Name);

            var read = Read(name, json);

            Assert.Equal(optional.DefaultValue, read.GetType().GetProperty(optional.Name!)!.GetValue(read));
        }
    }

    [Theory]
    [MemberData(nameof(Events))]
    public void Every_event_says_when_it_happened(string name)
    {
        Assert.Equal(JsonValueKind.String, Json(Sample(name))["at"]!.GetValueKind());
    }

    private static Type TypeOf(string name) => s_events.Single(type => type.Name == name);

    private static ParameterInfo[] Parameters(string name) => Constructor(TypeOf(name)).GetParameters();

    private static ConstructorInfo Constructor(Type type) => type.GetConstructors().OrderByDescending(one => one.GetParameters().Length).First();

    private static object Sample(string name) => Sample(TypeOf(name));

    private static object Sample(Type type) => type switch
    {
        _ when Nullable.GetUnderlyingType(type) is { } underlying => Sample(underlying),
        _ when type == typeof(string) => "text",
        _ when type == typeof(DateTimeOffset) => new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero),
        _ when type == typeof(bool) => true,
        _ when type.IsEnum => Enum.GetValues(type).GetValue(1)!,
        _ when type.IsPrimitive || type == typeof(decimal) => Convert.ChangeType(7, type),
        _ when type.IsGenericType => ListOf(type.GetGenericArguments()[0]),
        _ => Constructor(type).Invoke([.. Constructor(type).GetParameters().Select(parameter => Sample(parameter.ParameterType))]),
    };

    private static Array ListOf(Type element)
    {
        var list = Array.CreateInstance(element, 1);
        list.SetValue(Sample(element), 0);
        return list;
    }

    private static JsonObject Json(object happened) => JsonSerializer.SerializeToNode(happened, happened.GetType(), ContractsJson.Options)!.AsObject();

    private static object Read(string name, JsonObject json) => json.Deserialize(TypeOf(name), ContractsJson.Options)!;

    private static string Text(object happened) => Json(happened).ToJsonString();
}
