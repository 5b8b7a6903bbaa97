using DaprShop.Domain;

namespace DaprShop.ServiceDefaults;

/// <summary>Gathers what is wrong with a request, by the names of its fields in JSON, so that the caller hears of everything at once.</summary>
public sealed class InputErrors
{
    private readonly Dictionary<string, List<string>> _errors = [];

    /// <summary>Notes that a field is wrong: <c>Add("lines[0].quantity", "must be 1 to 10000")</c>.</summary>
    public void Add(string field, string message)
    {
        if (!_errors.TryGetValue(field, out var messages))
        {
            _errors[field] = messages = [];
        }

        if (!messages.Contains(message))
        {
            messages.Add(message);
        }
    }

    /// <summary>Notes the message unless the rule holds; says whether it does.</summary>
    public bool Check(bool holds, string field, string message)
    {
        if (!holds)
        {
            Add(field, message);
        }

        return holds;
    }

    /// <summary>Checks that a text is there and not longer than so many characters.</summary>
    public bool CheckText(string? text, string field, int maxLength) =>
        Check(!string.IsNullOrWhiteSpace(text), field, "is required") && Check(text!.Length <= maxLength, field, $"has more than {maxLength} characters");

    /// <summary>Makes a value of the domain; if its rules refuse, notes that below <paramref name="path"/> and returns null.</summary>
    public T? Try<T>(string path, Func<T> make)
        where T : class
    {
        try
        {
            return make();
        }
        catch (DomainException refused)
        {
            Add(refused.Field is { } field && path.Length > 0 ? $"{path}.{field}" : refused.Field ?? path, refused.Message);
            return null;
        }
    }

    /// <summary>Ends the request with 400 if anything is wrong.</summary>
    /// <exception cref="InvalidInputException">With every error noted.</exception>
    public void ThrowIfAny()
    {
        if (_errors.Count > 0)
        {
            throw new InvalidInputException(_errors.ToDictionary(error => error.Key, error => error.Value.ToArray()));
        }
    }
}

/// <summary>The request cannot be taken; answered with 400 and the errors by field.</summary>
public sealed class InvalidInputException(IDictionary<string, string[]> errors)
    : Exception($"Not valid: {string.Join(", ", errors.Keys)}")
{
    /// <summary>One error, such as that of a header.</summary>
    public InvalidInputException(string field, string message)
        : this(new Dictionary<string, string[]> { [field] = [message] })
    {
    }

    /// <summary>Messages by field.</summary>
    public IDictionary<string, string[]> Errors => errors;
}
