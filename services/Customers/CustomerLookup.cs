using System.Collections.Concurrent;
using DaprShop.Contracts;
using DaprShop.Customers.Domain;
using DaprShop.Domain;
using DaprShop.ServiceDefaults;

namespace DaprShop.Customers;

/// <summary>Several customers at once, each fetched by itself, so that what cannot be read does not take the others with it.</summary>
internal sealed partial class CustomerLookup(CustomerStore store, TimeProvider time, ILogger<CustomerLookup> logger)
{
    public const int MaxIds = 200;

    private const int Concurrency = 16;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    public async Task<CustomersFound> FindAsync(LookUpCustomers request, CancellationToken cancellationToken)
    {
        var ids = Validate(request);
        var found = new ConcurrentDictionary<string, Customer>();
        var (missing, failed) = (new ConcurrentBag<string>(), new ConcurrentBag<string>());

        var options = new ParallelOptions { MaxDegreeOfParallelism = Concurrency, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(ids, options, async (id, stop) =>
        {
            try
            {
                if (await store.FindAsync(id, stop).WaitAsync(s_patience, time, stop) is { } customer)
                {
                    found[id] = customer;
                }
                else
                {
                    missing.Add(id);
                }
            }
            catch (Exception failure) when (!stop.IsCancellationRequested)
            {
                NotRead(id, failure.Message);
                failed.Add(id);
            }
        });

        return new CustomersFound(
            [.. ids.Where(found.ContainsKey).Select(id => found[id].ToResponse())], [.. ids.Where(missing.Contains)], [.. ids.Where(failed.Contains)]);
    }

    private static string[] Validate(LookUpCustomers request)
    {
        var errors = new InputErrors();
        if (errors.Check(request.Ids is { Count: > 0 and <= MaxIds }, "ids", $"are 1 to {MaxIds}"))
        {
            for (var i = 0; i < request.Ids.Count; i++)
            {
                errors.Check(Identifiers.IsId(request.Ids[i]), $"ids[{i}]", Identifiers.IdRule);
            }
        }

        errors.ThrowIfAny();
        return [.. request.Ids.Distinct(StringComparer.Ordinal)];
    }

    [LoggerMessage(LogLevel.Warning, "Customer {Id} cannot be read: {Reason}")]
    private partial void NotRead(string id, string reason);
}
