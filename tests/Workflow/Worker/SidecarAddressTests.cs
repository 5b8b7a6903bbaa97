using Dapr.Workflow.Sidecar;
using Microsoft.Extensions.Configuration;

namespace DaprShop.Workflow.Tests.Worker;

public sealed class SidecarAddressTests
{
    [Fact]
    public void The_endpoint_wins_over_the_port_and_only_its_origin_counts()
    {
        Assert.Equal(
            new Uri("https://dapr.example:8443"),
            SidecarAddress.Find(With(("DAPR_GRPC_ENDPOINT", "https://dapr.example:8443/ignored?tls=true"), ("DAPR_GRPC_PORT", "1"))));
    }

    [Fact]
    public void A_port_is_one_of_this_machine() =>
        Assert.Equal(new Uri("http://localhost:4504"), SidecarAddress.Find(With(("DAPR_GRPC_PORT", "4504"))));

    [Fact]
    public void A_port_that_is_no_number_is_an_error() =>
        Assert.Throws<FormatException>(() => SidecarAddress.Find(With(("DAPR_GRPC_PORT", "many"))));

    private static IConfiguration With(params (string Key, string Value)[] settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(settings.Select(s => KeyValuePair.Create(s.Key, (string?)s.Value))).Build();
}
