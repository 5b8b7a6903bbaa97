namespace DaprShop.Sidecar.Actors;

/// <summary>An actor: ids are unique within their type, whichever app hosts it.</summary>
internal readonly record struct ActorKey(string Type, string Id)
{
    /// <summary>The actor's path at its app, escaped.</summary>
    public string Path => $"/actors/{Uri.EscapeDataString(Type)}/{Uri.EscapeDataString(Id)}";

    public override string ToString() => $"{Type}/{Id}";
}
