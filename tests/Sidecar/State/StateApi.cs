using System.Net.Http.Json;
using System.Text.Json;
using Dapr.Client.Autogen.Grpc.v1;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using GrpcClient = Dapr.Client.Autogen.Grpc.v1.Dapr.DaprClient;

namespace DaprShop.Sidecar.Tests.State;

/// <summary>The state API over one of its two protocols, so that a rule is tested over both.</summary>
internal abstract class StateApi(string store)
{
    public const string Http = "HTTP";
    public const string Grpc = "gRPC";

    protected string Store => store;

    public static StateApi Over(string protocol, SidecarFixture dapr, string appId, string store) => protocol == Http
        ? new HttpStateApi(dapr.Http(appId), store)
        : new GrpcStateApi(GrpcChannel.ForAddress(dapr.Endpoint(appId).GrpcEndpoint), store);

    /// <summary>Saves JSON; the outcome is "ok", "conflict" (409, Aborted), "invalid" (400, InvalidArgument) or "error".</summary>
    public abstract Task<string> SaveAsync(string key, string json, string? etag = null, string? concurrency = null, string? ttl = null);

    public abstract Task<string> DeleteAsync(string key, string? etag = null);

    public abstract Task<string> TransactAsync(params (string Operation, string Key, string Json, string? ETag)[] operations);

    public abstract Task<(string? Json, string? ETag, string? Expires)> GetAsync(string key);

    private sealed class HttpStateApi(HttpClient http, string store) : StateApi(store)
    {
        public override async Task<string> SaveAsync(string key, string json, string? etag, string? concurrency, string? ttl) =>
            await OutcomeAsync(await http.PostAsJsonAsync($"/v1.0/state/{Store}", new[] { Item(key, json, etag, concurrency, ttl) }));

        public override async Task<string> DeleteAsync(string key, string? etag)
        {
            using var request = new HttpRequestMessage(HttpMethod.Delete, $"/v1.0/state/{Store}/{key}");
            if (etag is not null)
            {
                request.Headers.TryAddWithoutValidation("If-Match", etag);
            }

            return await OutcomeAsync(await http.SendAsync(request));
        }

        public override async Task<string> TransactAsync(params (string Operation, string Key, string Json, string? ETag)[] operations) =>
            await OutcomeAsync(await http.PostAsJsonAsync($"/v1.0/state/{Store}/transaction", new
            {
                operations = operations.Select(item => new { operation = item.Operation, request = Item(item.Key, item.Json, item.ETag, null, null) }),
            }));

        public override async Task<(string? Json, string? ETag, string? Expires)> GetAsync(string key)
        {
            using var response = await http.GetAsync($"/v1.0/state/{Store}/{key}");
            response.EnsureSuccessStatusCode();
            return (int)response.StatusCode == 204
                ? (null, null, null)
                : (await response.Content.ReadAsStringAsync(), Header(response, "ETag"), Header(response, "metadata.ttlExpireTime"));
        }

        private static Dictionary<string, object> Item(string key, string json, string? etag, string? concurrency, string? ttl)
        {
            var item = new Dictionary<string, object> { ["key"] = key, ["value"] = JsonSerializer.Deserialize<JsonElement>(json) };
            if (etag is not null)
            {
                item["etag"] = etag;
            }

            if (concurrency is not null)
            {
                item["options"] = new { concurrency };
            }

            if (ttl is not null)
            {
                item["metadata"] = new { ttlInSeconds = ttl };
            }

            return item;
        }

        private static string? Header(HttpResponseMessage response, string name) =>
            response.Headers.NonValidated.TryGetValues(name, out var values) ? values.ToString() : null;

        private static Task<string> OutcomeAsync(HttpResponseMessage response)
        {
            using (response)
            {
                return Task.FromResult((int)response.StatusCode switch { 204 => "ok", 409 => "conflict", 400 => "invalid", _ => "error" });
            }
        }
    }

    private sealed class GrpcStateApi(GrpcChannel channel, string store) : StateApi(store)
    {
        private readonly GrpcClient _client = new(channel);

        public override Task<string> SaveAsync(string key, string json, string? etag, string? concurrency, string? ttl) =>
            OutcomeAsync(async () => await _client.SaveStateAsync(new SaveStateRequest
            {
                StoreName = Store,
                States = { Item(key, json, etag, concurrency, ttl) },
            }));

        public override Task<string> DeleteAsync(string key, string? etag) => OutcomeAsync(async () =>
        {
            var request = new DeleteStateRequest { StoreName = Store, Key = key };
            if (etag is not null)
            {
                request.Etag = new Etag { Value = etag };
            }

            await _client.DeleteStateAsync(request);
        });

        public override Task<string> TransactAsync(params (string Operation, string Key, string Json, string? ETag)[] operations) =>
            OutcomeAsync(async () =>
            {
                var request = new ExecuteStateTransactionRequest { StoreName = Store };
                request.Operations.Add(operations.Select(item => new TransactionalStateOperation
                {
                    OperationType = item.Operation, Request = Item(item.Key, item.Json, item.ETag, null, null),
                }));
                await _client.ExecuteStateTransactionAsync(request);
            });

        public override async Task<(string? Json, string? ETag, string? Expires)> GetAsync(string key)
        {
            var response = await _client.GetStateAsync(new GetStateRequest { StoreName = Store, Key = key });
            return response.Etag.Length == 0
                ? (null, null, null)
                : (response.Data.ToStringUtf8(), response.Etag, response.Metadata.GetValueOrDefault("ttlExpireTime"));
        }

        private static StateItem Item(string key, string json, string? etag, string? concurrency, string? ttl)
        {
            var item = new StateItem { Key = key, Value = ByteString.CopyFromUtf8(json) };
            if (etag is not null)
            {
                item.Etag = new Etag { Value = etag };
            }

            if (concurrency is not null)
            {
                item.Options = new Dapr.Client.Autogen.Grpc.v1.StateOptions
                {
                    Concurrency = concurrency == "first-write"
                        ? Dapr.Client.Autogen.Grpc.v1.StateOptions.Types.StateConcurrency.ConcurrencyFirstWrite
                        : Dapr.Client.Autogen.Grpc.v1.StateOptions.Types.StateConcurrency.ConcurrencyLastWrite,
                };
            }

            if (ttl is not null)
            {
                item.Metadata.Add("ttlInSeconds", ttl);
            }

            return item;
        }

        private static async Task<string> OutcomeAsync(Func<Task> call)
        {
            try
            {
                await call();
                return "ok";
            }
            catch (RpcException e)
            {
                return e.StatusCode switch { StatusCode.Aborted => "conflict", StatusCode.InvalidArgument => "invalid", _ => "error" };
            }
        }
    }
}
