using System.Reflection;
using System.Text.Json;
using DaprShop.Contracts;
using Microsoft.AspNetCore.Http;

namespace DaprShop.ServiceDefaults;

/// <summary>
/// A CloudEvent as the sidecar delivers it; a handler of <see cref="TopicSubscription"/> takes it as a parameter. The id stays the same over
/// redeliveries: remember it, or be idempotent by what the data says.
/// </summary>
public sealed record CloudEvent<T>(string Id, string Type, string Source, string? Topic, DateTimeOffset? Time, T Data)
    : IBindableFromHttpContext<CloudEvent<T>>
{
    static async ValueTask<CloudEvent<T>?> IBindableFromHttpContext<CloudEvent<T>>.BindAsync(HttpContext context, ParameterInfo parameter)
    {
        try
        {
            return await JsonSerializer.DeserializeAsync<CloudEvent<T>>(context.Request.Body, ContractsJson.Options, context.RequestAborted);
        }
        catch (JsonException notAnEvent)
        {
            throw new BadHttpRequestException("The event cannot be read", notAnEvent);
        }
    }
}
