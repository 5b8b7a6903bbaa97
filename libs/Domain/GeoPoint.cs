namespace DaprShop.Domain;

/// <summary>A place on the earth in WGS 84 degrees: latitude -90 to 90, longitude -180 to 180.</summary>
public sealed record GeoPoint(double Latitude, double Longitude)
{
    private const double EarthRadiusKm = 6_371;

    /// <summary>Kilometres to the other place along the great circle.</summary>
    public double DistanceTo(GeoPoint other) => AngleTo(other) * EarthRadiusKm;

    /// <summary>The place that lies so far along the great circle to the other: 0 is here, 1 is there.</summary>
    public GeoPoint Towards(GeoPoint other, double fraction)
    {
        var angle = AngleTo(other);
        if (angle < 1e-9)
        {
            return this;
        }

        var (from, to) = (Math.Sin((1 - fraction) * angle) / Math.Sin(angle), Math.Sin(fraction * angle) / Math.Sin(angle));
        var (x1, y1, z1) = Vector();
        var (x2, y2, z2) = other.Vector();
        var (x, y, z) = ((from * x1) + (to * x2), (from * y1) + (to * y2), (from * z1) + (to * z2));
        return new GeoPoint(Degrees(Math.Atan2(z, Math.Sqrt((x * x) + (y * y)))), Degrees(Math.Atan2(y, x)));
    }

    // Haversine: exact for near places, where the arc cosine is not.
    private double AngleTo(GeoPoint other)
    {
        var (north, east) = (Radians(other.Latitude - Latitude) / 2, Radians(other.Longitude - Longitude) / 2);
        var half = Math.Pow(Math.Sin(north), 2)
            + (Math.Cos(Radians(Latitude)) * Math.Cos(Radians(other.Latitude)) * Math.Pow(Math.Sin(east), 2));
        return 2 * Math.Asin(Math.Min(1, Math.Sqrt(half)));
    }

    private (double X, double Y, double Z) Vector()
    {
        var (latitude, longitude) = (Radians(Latitude), Radians(Longitude));
        return (Math.Cos(latitude) * Math.Cos(longitude), Math.Cos(latitude) * Math.Sin(longitude), Math.Sin(latitude));
    }

    private static double Radians(double degrees) => degrees * Math.PI / 180;

    // Four decimals are eleven metres.
    private static double Degrees(double radians) => Math.Round(radians * 180 / Math.PI, 4);
}
