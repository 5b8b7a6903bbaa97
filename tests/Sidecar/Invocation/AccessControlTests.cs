using System.Net;
using DaprShop.Sidecar.Resources;
using DaprShop.Sidecar.Resources.Yaml;
using DaprShop.Sidecar.Tests.Host;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace DaprShop.Sidecar.Tests.Invocation;

public sealed class AccessControlTests
{
    private const string Configuration = """
        apiVersion: dapr.io/v1alpha1
        kind: Configuration
        metadata:
          name: guarded
        spec:
          accessControl:
            policies:
            - appId: shop
              defaultAction: deny
              operations:
              - name: /orders/*
                httpVerb: ["*"]
                action: allow
              - name: orders/audit
                httpVerb: ["GET"]
                action: deny
            - appId: clerk
              defaultAction: allow
              operations:
              - name: /orders/1
                httpVerb: ["DELETE"]
                action: deny
        """;

    [Theory]
    [InlineData("shop", "GET", "orders/1", true)]
    [InlineData("shop", "DELETE", "orders/1", true)]
    [InlineData("shop", "GET", "customers/1", false)]
    [InlineData("shop", "GET", "orders/audit", false)]
    [InlineData("shop", "GET", "orders/x/..%2FAudit/", false)]
    [InlineData("clerk", "GET", "customers/1", true)]
    [InlineData("clerk", "GET", "orders/1", true)]
    [InlineData("clerk", "DELETE", "orders/1", false)]
    [InlineData("stranger", "GET", "orders/1", false)]
    public async Task A_policy_decides_by_caller_path_and_verb(string caller, string verb, string method, bool allowed)
    {
        await using var dapr = await StartAsync(caller, byCaller: true);

        using var response = await dapr.Http(caller).SendAsync(new HttpRequestMessage(new HttpMethod(verb), $"/v1.0/invoke/guarded/method/{method}"));

        Assert.Equal(allowed ? HttpStatusCode.OK : HttpStatusCode.Forbidden, response.StatusCode);
    }

    [Fact]
    public async Task Without_the_option_nobody_is_known_and_the_default_counts_for_all()
    {
        await using var dapr = await StartAsync("shop", byCaller: false);

        using var response = await dapr.Http("shop").GetAsync("/v1.0/invoke/guarded/method/orders/1");

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.Contains("has denied access to id:  operation: orders/1 verb: GET", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private static Task<SidecarFixture> StartAsync(string caller, bool byCaller)
    {
        using var folder = new RunFolder().With("config.yaml", Configuration);
        var findings = new Findings(lenient: false);
        var configuration = ConfigurationReader.Read(folder.At("config.yaml"), findings);
        Assert.Empty(findings.Problems);
        return SidecarFixture.StartAsync(
            new TestApp(caller),
            new TestApp("guarded")
            {
                Routes = app => app.MapFallback(() => Results.Ok()),
                Configuration = configuration,
                Configure = options => options with { AppliesCallerPolicies = byCaller },
            });
    }
}
