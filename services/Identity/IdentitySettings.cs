namespace DaprShop.Identity;

/// <summary>The section <c>Identity</c> of the configuration.</summary>
public sealed class IdentitySettings
{
    /// <summary>How long an access token is good for: nobody can take it back before.</summary>
    public TimeSpan AccessTokenLifetime { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>How long after its log-in a session can be refreshed.</summary>
    public TimeSpan SessionLifetime { get; set; } = TimeSpan.FromDays(14);

    /// <summary>How long the token of a verification message is good for.</summary>
    public TimeSpan VerificationLifetime { get; set; } = TimeSpan.FromHours(24);

    /// <summary>A user is sent no more than one verification message in this time.</summary>
    public TimeSpan VerificationPause { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>So many failed log-ins for one e-mail address within <see cref="LockOutWindow"/> lock it until the first is that old.</summary>
    public int MaxFailedLogIns { get; set; } = 5;

    /// <summary>See <see cref="MaxFailedLogIns"/>.</summary>
    public TimeSpan LockOutWindow { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>A signing key that is older is replaced.</summary>
    public TimeSpan SigningKeyLifetime { get; set; } = TimeSpan.FromDays(30);

    /// <summary>How long a replica goes on with the keys it has read.</summary>
    public TimeSpan SigningKeyRefresh { get; set; } = TimeSpan.FromMinutes(1);
}
