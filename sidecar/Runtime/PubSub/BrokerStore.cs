using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using DaprShop.Sidecar.Storage;
using Microsoft.Data.Sqlite;

namespace DaprShop.Sidecar.PubSub;

/// <summary>
/// The broker's tables. A group is one small row, however many messages it works on: the position up to which it has taken
/// the log, and the ids before it that are not finished yet. So an acknowledgement costs no statement of its own.
/// </summary>
internal static class BrokerStore
{
    public const string Schema = """
        CREATE TABLE IF NOT EXISTS pubsub_topic(
            id INTEGER PRIMARY KEY,
            pubsub TEXT NOT NULL,
            name TEXT NOT NULL,
            UNIQUE(pubsub, name));
        CREATE TABLE IF NOT EXISTS pubsub_message(
            id INTEGER PRIMARY KEY,
            topic INTEGER NOT NULL,
            data BLOB NOT NULL,
            content_type TEXT NOT NULL,
            metadata TEXT,
            expires INTEGER,
            stored INTEGER NOT NULL);
        CREATE INDEX IF NOT EXISTS pubsub_message_by_topic ON pubsub_message(topic, id);
        CREATE TABLE IF NOT EXISTS pubsub_group(
            topic INTEGER NOT NULL,
            name TEXT NOT NULL,
            position INTEGER NOT NULL,
            unfinished TEXT NOT NULL,
            PRIMARY KEY(topic, name)) WITHOUT ROWID;
        """;

    public static List<(long Id, string PubSub, string Name)> Topics(Session session) =>
        session.Query("SELECT id, pubsub, name FROM pubsub_topic", row => (row.GetInt64(0), row.GetString(1), row.GetString(2)));

    public static List<(long Topic, string Name, long Position, long[] Unfinished)> Groups(Session session) =>
        session.Query(
            "SELECT topic, name, position, unfinished FROM pubsub_group",
            row => (row.GetInt64(0), row.GetString(1), row.GetInt64(2), ParseIds(row.GetString(3))));

    /// <summary>The highest id ever given to a message that somebody still knows of.</summary>
    public static long LastMessageId(Session session) =>
        session.Scalar<long>("SELECT max(coalesce((SELECT max(id) FROM pubsub_message), 0), coalesce((SELECT max(position) FROM pubsub_group), 0))");

    public static void AddTopic(Session session, long id, string pubSub, string name) =>
        session.Execute("INSERT OR IGNORE INTO pubsub_topic(id, pubsub, name) VALUES($1, $2, $3)", id, pubSub, name);

    public static void AddMessage(Session session, long id, long topic, BrokerMessage message, DateTimeOffset now) =>
        session.Execute(
            "INSERT INTO pubsub_message(id, topic, data, content_type, metadata, expires, stored) VALUES($1, $2, $3, $4, $5, $6, $7)",
            id,
            topic,
            message.Data,
            message.ContentType,
            message.Metadata.Count > 0 ? JsonSerializer.Serialize(message.Metadata, BrokerJson.Default.IReadOnlyDictionaryStringString) : null,
            message.Expires?.ToUnixTimeMilliseconds(),
            now.ToUnixTimeMilliseconds());

    public static void SaveGroup(Session session, long topic, string name, long position, IEnumerable<long> unfinished) =>
        session.Execute(
            "INSERT OR REPLACE INTO pubsub_group(topic, name, position, unfinished) VALUES($1, $2, $3, $4)",
            topic,
            name,
            position,
            string.Join(',', unfinished));

    /// <summary>The next messages behind a position: at most <paramref name="count"/>, and no further one once there are enough bytes.</summary>
    public static List<StoredMessage> Read(Session session, long topic, long position, int count, int bytes)
    {
        // A row's blob is only fetched when it is asked for: what is beyond the limit is not even read.
        var messages = session.Query(
            "SELECT id, data, content_type, metadata, expires FROM pubsub_message WHERE topic = $1 AND id > $2 ORDER BY id LIMIT $3",
            row =>
            {
                var message = bytes > 0 ? Map(row) : null;
                bytes -= message?.Message.Data.Length ?? 0;
                return message;
            },
            topic,
            position,
            count);
        return [.. messages.OfType<StoredMessage>()];
    }

    /// <summary>One message, or null when it was removed.</summary>
    public static StoredMessage? Find(Session session, long id) =>
        session.QuerySingle("SELECT id, data, content_type, metadata, expires FROM pubsub_message WHERE id = $1", Map, id);

    /// <summary>The id of the message that has <paramref name="newer"/> messages after it in its topic; 0 when there is none.</summary>
    public static long IdBefore(Session session, long topic, int newer) =>
        session.Scalar<long>("SELECT id FROM pubsub_message WHERE topic = $1 ORDER BY id DESC LIMIT 1 OFFSET $2", topic, newer);

    /// <summary>Removes up to <paramref name="limit"/> of a topic's oldest messages that are finished, and old or too many.</summary>
    public static int Trim(Session session, long topic, long finished, DateTimeOffset storedBefore, long tooMany, int limit) =>
        session.Execute(
            """
            DELETE FROM pubsub_message WHERE id IN (
                SELECT id FROM pubsub_message WHERE topic = $1 AND id <= $2 AND (stored < $3 OR id <= $4) ORDER BY id LIMIT $5)
            """,
            topic,
            finished,
            storedBefore.ToUnixTimeMilliseconds(),
            tooMany,
            limit);

    private static StoredMessage Map(SqliteDataReader row) => new(
        row.GetInt64(0),
        new BrokerMessage(
            row.GetFieldValue<byte[]>(1),
            row.GetString(2),
            row.IsDBNull(3) ? BrokerMessage.NoMetadata : JsonSerializer.Deserialize(row.GetString(3), BrokerJson.Default.DictionaryStringString)!,
            row.IsDBNull(4) ? null : DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(4))));

    private static long[] ParseIds(string text) =>
        text.Length == 0 ? [] : [.. text.Split(',').Select(id => long.Parse(id, CultureInfo.InvariantCulture))];
}

[JsonSerializable(typeof(IReadOnlyDictionary<string, string>))]
[JsonSerializable(typeof(Dictionary<string, string>))]
internal sealed partial class BrokerJson : JsonSerializerContext;
