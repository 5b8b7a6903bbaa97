using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Template;

namespace DaprShop.Sidecar.Observability;

/// <summary>A pattern of metrics.http.pathMatching, such as <c>/orders/{id}</c>.</summary>
internal sealed class PathPattern
{
    private readonly TemplateMatcher _matcher;

    private PathPattern(string text, RouteTemplate template) => (Text, _matcher) = (text, new TemplateMatcher(template, new RouteValueDictionary()));

    /// <summary>As it was written: the label of what it matches.</summary>
    public string Text { get; }

    public static bool TryParse(string text, [NotNullWhen(true)] out PathPattern? pattern)
    {
        try
        {
            pattern = new PathPattern(text, TemplateParser.Parse(text.TrimStart('/')));
            return true;
        }
        catch (ArgumentException)
        {
            pattern = null;
            return false;
        }
    }

    public bool Matches(string path) => _matcher.TryMatch(path, new RouteValueDictionary());
}
