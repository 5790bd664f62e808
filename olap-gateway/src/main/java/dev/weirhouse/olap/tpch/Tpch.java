package dev.weirhouse.olap.tpch;

import io.trino.tpch.TpchEntity;
import io.trino.tpch.TpchTable;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The tables and queries of TPC-H, money and quantities as DECIMAL(15, 2). */
public final class Tpch {

    /** How many queries there are; the first is number 1. */
    public static final int QUERIES = 22;

    /** The tables, each after those that its rows name. */
    public static final List<Table> TABLES = List.of(
            new Table("region", "r_regionkey BIGINT, r_name STRING, r_comment STRING", "r_regionkey"),
            new Table(
                    "nation", "n_nationkey BIGINT, n_name STRING, n_regionkey BIGINT, n_comment STRING", "n_nationkey"),
            new Table(
                    "supplier",
                    "s_suppkey BIGINT, s_name STRING, s_address STRING, s_nationkey BIGINT, s_phone STRING,"
                            + " s_acctbal DECIMAL(15, 2), s_comment STRING",
                    "s_suppkey"),
            new Table(
                    "customer",
                    "c_custkey BIGINT, c_name STRING, c_address STRING, c_nationkey BIGINT, c_phone STRING,"
                            + " c_acctbal DECIMAL(15, 2), c_mktsegment STRING, c_comment STRING",
                    "c_custkey"),
            new Table(
                    "part",
                    "p_partkey BIGINT, p_name STRING, p_mfgr STRING, p_brand STRING, p_type STRING, p_size INT,"
                            + " p_container STRING, p_retailprice DECIMAL(15, 2), p_comment STRING",
                    "p_partkey"),
            new Table(
                    "partsupp",
                    "ps_partkey BIGINT, ps_suppkey BIGINT, ps_availqty INT, ps_supplycost DECIMAL(15, 2),"
                            + " ps_comment STRING",
                    "ps_partkey, ps_suppkey"),
            new Table(
                    "orders",
                    "o_orderkey BIGINT, o_custkey BIGINT, o_orderstatus STRING, o_totalprice DECIMAL(15, 2),"
                            + " o_orderdate DATE, o_orderpriority STRING, o_clerk STRING, o_shippriority INT,"
                            + " o_comment STRING",
                    "o_orderkey"),
            new Table(
                    "lineitem",
                    "l_orderkey BIGINT, l_partkey BIGINT, l_suppkey BIGINT, l_linenumber INT,"
                            + " l_quantity DECIMAL(15, 2), l_extendedprice DECIMAL(15, 2), l_discount DECIMAL(15, 2),"
                            + " l_tax DECIMAL(15, 2), l_returnflag STRING, l_linestatus STRING, l_shipdate DATE,"
                            + " l_commitdate DATE, l_receiptdate DATE, l_shipinstruct STRING, l_shipmode STRING,"
                            + " l_comment STRING",
                    "l_orderkey, l_linenumber"));

    private Tpch() {}

    /**
     * A table.
     *
     * @param columns names with their types, as Flink writes them
     * @param primaryKey the columns of its key
     */
    public record Table(String name, String columns, String primaryKey) {

        /** The names of the columns, in their order. */
        public List<String> columnNames() {
            // A comma within a type is followed by a number, one between columns by a name.
            return List.of(columns.split(", (?=[a-z])")).stream()
                    .map(column -> column.substring(0, column.indexOf(' ')))
                    .toList();
        }
    }

    /**
     * The text of a query, in words that Flink and DuckDB both understand but for the quotes around a name.
     *
     * @param number 1 to {@link #QUERIES}
     */
    public static String query(int number) {
        String name = String.format("q%02d.sql", number);
        try (InputStream resource = Tpch.class.getResourceAsStream(name)) {
            if (resource == null) {
                throw new IllegalArgumentException("TPC-H has no query " + number);
            }
            return new String(resource.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalStateException(name + " cannot be read", e);
        }
    }

    /**
     * Writes rows of a table, one a line, parted by {@code |} and without quotes.
     *
     * @param scale 1 gives 6 million rows of lineitem
     * @param part which of the parts, from 1; together they are the table
     */
    public static void write(Table table, double scale, int part, int parts, Path file) throws IOException {
        try (BufferedWriter out = Files.newBufferedWriter(file)) {
            for (TpchEntity row : TpchTable.getTable(table.name()).createGenerator(scale, part, parts)) {
                String line = row.toLine();
                out.write(line.endsWith("|") ? line.substring(0, line.length() - 1) : line);
                out.write('\n');
            }
        }
    }
}
