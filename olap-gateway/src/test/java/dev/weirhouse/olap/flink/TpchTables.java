package dev.weirhouse.olap.flink;

import dev.weirhouse.testkit.TestWarehouse;
import io.trino.tpch.TpchEntity;
import io.trino.tpch.TpchTable;
import java.io.BufferedWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** The tables of TPC-H in a warehouse, money and quantities as DECIMAL(15, 2). */
final class TpchTables {

    static final Map<String, String> COLUMNS = new LinkedHashMap<>();

    static {
        COLUMNS.put("nation", "n_nationkey BIGINT, n_name STRING, n_regionkey BIGINT, n_comment STRING");
        COLUMNS.put("region", "r_regionkey BIGINT, r_name STRING, r_comment STRING");
        COLUMNS.put(
                "supplier",
                "s_suppkey BIGINT, s_name STRING, s_address STRING, s_nationkey BIGINT, s_phone STRING,"
                        + " s_acctbal DECIMAL(15, 2), s_comment STRING");
        COLUMNS.put(
                "customer",
                "c_custkey BIGINT, c_name STRING, c_address STRING, c_nationkey BIGINT, c_phone STRING,"
                        + " c_acctbal DECIMAL(15, 2), c_mktsegment STRING, c_comment STRING");
        COLUMNS.put(
                "part",
                "p_partkey BIGINT, p_name STRING, p_mfgr STRING, p_brand STRING, p_type STRING, p_size INT,"
                        + " p_container STRING, p_retailprice DECIMAL(15, 2), p_comment STRING");
        COLUMNS.put(
                "partsupp",
                "ps_partkey BIGINT, ps_suppkey BIGINT, ps_availqty INT, ps_supplycost DECIMAL(15, 2), ps_comment STRING");
        COLUMNS.put(
                "orders",
                "o_orderkey BIGINT, o_custkey BIGINT, o_orderstatus STRING, o_totalprice DECIMAL(15, 2),"
                        + " o_orderdate DATE, o_orderpriority STRING, o_clerk STRING, o_shippriority INT,"
                        + " o_comment STRING");
        COLUMNS.put(
                "lineitem",
                "l_orderkey BIGINT, l_partkey BIGINT, l_suppkey BIGINT, l_linenumber INT, l_quantity DECIMAL(15, 2),"
                        + " l_extendedprice DECIMAL(15, 2), l_discount DECIMAL(15, 2), l_tax DECIMAL(15, 2),"
                        + " l_returnflag STRING, l_linestatus STRING, l_shipdate DATE, l_commitdate DATE,"
                        + " l_receiptdate DATE, l_shipinstruct STRING, l_shipmode STRING, l_comment STRING");
    }

    private TpchTables() {}

    static void load(TestWarehouse kit, double scale) throws Exception {
        Path folder = Files.createTempDirectory(
                Files.createDirectories(kit.warehouse().config().inbox()), "tpch");
        for (TpchTable<?> table : TpchTable.getTables()) {
            String name = table.getTableName();
            Path file = Files.createDirectory(folder.resolve(name)).resolve("part.csv");
            try (BufferedWriter out = Files.newBufferedWriter(file)) {
                for (TpchEntity row : table.createGenerator(scale, 1, 1)) {
                    String line = row.toLine();
                    out.write(line.endsWith("|") ? line.substring(0, line.length() - 1) : line);
                    out.write('\n');
                }
            }
            kit.run("CREATE TABLE " + name + " (" + COLUMNS.get(name) + ")");
            kit.run("CREATE TABLE IF NOT EXISTS " + name + "_file (" + COLUMNS.get(name)
                    + ") WITH ('connector' = 'filesystem', 'path' = '" + file.toUri()
                    + "', 'format' = 'csv', 'csv.field-delimiter' = '|', 'csv.disable-quote-character' = 'true')");
            kit.run("INSERT INTO " + name + " SELECT * FROM " + name + "_file");
        }
    }
}
