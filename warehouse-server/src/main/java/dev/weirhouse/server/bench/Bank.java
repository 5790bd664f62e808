package dev.weirhouse.server.bench;

import dev.weirhouse.server.child.WarehouseCalls;
import dev.weirhouse.server.cli.ApiClient;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The bank of Jamie Brandon's test (scattered-thoughts.net, "Internal consistency in streaming systems"): transfers of 1 between
 * ten accounts, from which four streaming jobs of different paces derive credits, debits, balances and their total.
 */
public final class Bank {

    /** The flow of the jobs, and the database of the tables. */
    public static final String NAME = "bank";

    /** The longest of the jobs' checkpoint intervals, in milliseconds. */
    static final long SLOWEST_MILLIS = 1_100;

    /** What is 0 four times when nothing is missing, and how many transfers there are. */
    public static final String SUMS =
            """
            SELECT (SELECT SUM(amount) FROM bank.credits) - (SELECT SUM(amount) FROM bank.debits),
              (SELECT SUM(amount) FROM bank.credits) - (SELECT COUNT(*) FROM bank.transfers),
              (SELECT SUM(balance) FROM bank.balances), (SELECT SUM(total) FROM bank.totals),
              (SELECT COUNT(*) FROM bank.transfers)
            """;

    /**
     * What is 0 three times when nothing is missing: the total, what is derived of it last, and what the squares of the balances,
     * which are others at each boundary, differ by from those that are derived.
     */
    public static final String TOTAL =
            """
            SELECT (SELECT SUM(balance) FROM bank.balances), (SELECT SUM(total) FROM bank.totals),
              (SELECT SUM(balance * balance) FROM bank.balances) - (SELECT SUM(squares) FROM bank.totals)
            """;

    /** How many rows a batch would compute of the transfers otherwise than the jobs have, and how many transfers there are. */
    public static final String RECOMPUTED =
            """
            SELECT
              (SELECT COUNT(*) FROM (SELECT to_account AS account, SUM(amount) AS amount FROM bank.transfers GROUP BY to_account) b
                FULL JOIN bank.credits c ON b.account = c.account
                WHERE b.account IS NULL OR c.account IS NULL OR b.amount <> c.amount)
              + (SELECT COUNT(*) FROM (SELECT from_account AS account, SUM(amount) AS amount FROM bank.transfers GROUP BY from_account) b
                FULL JOIN bank.debits c ON b.account = c.account
                WHERE b.account IS NULL OR c.account IS NULL OR b.amount <> c.amount)
              + (SELECT COUNT(*) FROM (SELECT account, SUM(amount) AS balance FROM (SELECT to_account AS account, amount FROM
                bank.transfers UNION ALL SELECT from_account, -amount FROM bank.transfers) t GROUP BY account) b
                FULL JOIN bank.balances c ON b.account = c.account
                WHERE b.account IS NULL OR c.account IS NULL OR b.balance <> c.balance)
              + (SELECT COUNT(*) FROM (SELECT 1 AS id, SUM(balance) AS total, SUM(balance * balance) AS squares FROM (SELECT account,
                SUM(amount) AS balance FROM (SELECT to_account AS account, amount FROM bank.transfers UNION ALL
                SELECT from_account, -amount FROM bank.transfers) t GROUP BY account) u) b
                FULL JOIN bank.totals c ON b.id = c.id
                WHERE b.id IS NULL OR c.id IS NULL OR b.total <> c.total OR b.squares <> c.squares),
              (SELECT COUNT(*) FROM bank.transfers)
            """;

    /** Transfers that are drawn by chance, 300 each second: a source for {@link #open}. */
    static final String DRAWN =
            """
            CREATE TEMPORARY TABLE src (id BIGINT, from_account INT, to_account INT) WITH ('connector' = 'datagen',
              'rows-per-second' = '300', 'fields.from_account.min' = '0', 'fields.from_account.max' = '9',
              'fields.to_account.min' = '0', 'fields.to_account.max' = '9');
            """;

    private static final String TABLES =
            """
            CREATE DATABASE bank;
            CREATE TABLE bank.transfers (id BIGINT, from_account INT, to_account INT, amount BIGINT);
            CREATE TABLE bank.credits (account INT, amount BIGINT, PRIMARY KEY (account) NOT ENFORCED)
              WITH ('changelog-producer' = 'input');
            CREATE TABLE bank.debits (account INT, amount BIGINT, PRIMARY KEY (account) NOT ENFORCED);
            CREATE TABLE bank.balances (account INT, balance BIGINT, PRIMARY KEY (account) NOT ENFORCED)
              WITH ('changelog-producer' = 'lookup');
            CREATE TABLE bank.totals (id INT, total BIGINT, squares BIGINT, PRIMARY KEY (id) NOT ENFORCED);
            """;

    private static final String TRANSFER =
            """
            SET 'execution.checkpointing.interval' = '200 ms';
            %s
            INSERT INTO bank.transfers SELECT id, from_account, to_account, CAST(1 AS BIGINT) FROM src;
            """;

    /** By name, the checkpoint interval in milliseconds and what it writes. */
    private static final Map<String, Map.Entry<Long, String>> JOBS = new LinkedHashMap<>();

    static {
        job(
                "credit",
                300,
                "INSERT INTO bank.credits SELECT to_account, SUM(amount) FROM bank.transfers GROUP BY to_account");
        job(
                "debit",
                SLOWEST_MILLIS,
                "INSERT INTO bank.debits SELECT from_account, SUM(amount) FROM bank.transfers GROUP BY from_account");
        job(
                "balance",
                500,
                "INSERT INTO bank.balances SELECT account, SUM(amount) FROM (SELECT account, amount FROM bank.credits UNION"
                        + " ALL SELECT account, -amount FROM bank.debits) t GROUP BY account");
        job("total", 200, "INSERT INTO bank.totals SELECT 1, SUM(balance), SUM(balance * balance) FROM bank.balances");
    }

    private Bank() {}

    private static void job(String name, long intervalMillis, String insert) {
        JOBS.put(name, Map.entry(intervalMillis, insert));
    }

    /**
     * Makes the tables and the flow, and has the transfers begin.
     *
     * @param source makes the temporary table {@code src} that the transfers come from, with the columns {@code id},
     *     {@code from_account} and {@code to_account}
     */
    public static void open(ApiClient api, String source) {
        WarehouseCalls calls = new WarehouseCalls(api);
        calls.runScript("tables", "flink", TABLES, Map.of(), script -> {});
        calls.createFlow(NAME, List.of("bank.transfers"), Duration.ofMillis(200));
        calls.applyJob("transfer", TRANSFER.formatted(source.strip()));
        JOBS.forEach((name, job) -> calls.applyJob(
                name,
                "SET 'execution.checkpointing.interval' = '" + job.getKey() + " ms';\nSET 'stream.flow' = '" + NAME
                        + "';\n" + job.getValue() + ";"));
    }

    /** Ends what {@link #open} has begun, and drops it. */
    static void close(ApiClient api) {
        for (String job : List.of("total", "balance", "debit", "credit", "transfer")) {
            api.delete("/api/v1/jobs/" + job);
        }
        api.delete("/api/v1/flows/" + NAME);
        new WarehouseCalls(api).runScript("drop", "flink", "DROP DATABASE bank CASCADE;", Map.of(), script -> {});
    }
}
