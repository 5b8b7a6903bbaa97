namespace DaprShop.Domain;

/// <summary>Something with an identity: equal to another of its type with the same id, whatever its attributes are.</summary>
public abstract class Entity(string id) : IEquatable<Entity>
{
    /// <summary>The identity; never empty.</summary>
    public string Id { get; } = string.IsNullOrWhiteSpace(id) ? throw new DomainException(DomainErrors.Invalid, "An id is needed", "id") : id;

    /// <inheritdoc/>
    public bool Equals(Entity? other) => other is not null && other.GetType() == GetType() && other.Id == Id;

    /// <inheritdoc/>
    public sealed override bool Equals(object? obj) => Equals(obj as Entity);

    /// <inheritdoc/>
    public sealed override int GetHashCode() => HashCode.Combine(GetType(), Id);
}
