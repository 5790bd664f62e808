package dev.weirhouse.server.bench;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;

/** A chain of shops: its sales, what lies in its stores, and the texts by which its dashboard asks about them. */
final class DashboardData {

    static final String DATABASE = "board";

    /** Values that a text is asked with, as a filter on a dashboard offers them. */
    static final int VALUES = 20;

    private static final int DAYS = 365;
    private static final int SHOPS = 100;
    private static final int PRODUCTS = 1_000;
    private static final int CATEGORIES = 20;
    private static final int REGIONS = 5;
    private static final LocalDate FIRST_DAY = LocalDate.of(2025, 1, 1);

    private static final String SALES =
            "sales (id BIGINT, sold_on DATE, shop INT, product INT, quantity INT, price DECIMAL(15, 2))";
    private static final String SHOP_LIST =
            "shops (shop INT, name STRING, region STRING, PRIMARY KEY (shop) NOT ENFORCED)";
    private static final String PRODUCT_LIST =
            "products (product INT, name STRING, category INT, PRIMARY KEY (product) NOT ENFORCED)";
    private static final String STOCK =
            "stock (shop INT, product INT, quantity INT, price DECIMAL(15, 2), PRIMARY KEY (shop,"
                    + " product) NOT ENFORCED) WITH ('bucket' = '2', 'write-buffer-size' = '64mb')";

    private static final List<String> MEASURES =
            List.of("COUNT(*)", "SUM(quantity)", "SUM(price)", "AVG(price)", "MAX(price)");

    private final long rows;

    /** @param rows sales */
    DashboardData(long rows) {
        this.rows = rows;
    }

    /** Makes the tables anew: the stream of the last run has changed them. */
    void load(BenchHome home, BenchWarehouse warehouse, Report report) throws IOException {
        long begun = System.nanoTime();
        Path numbers = Files.createDirectories(home.inbox()).resolve("numbers.csv");
        try (BufferedWriter out = Files.newBufferedWriter(numbers)) {
            for (long number = 1; number <= rows; number++) {
                out.write(number + "\n");
            }
        }
        try {
            warehouse.script("load-" + DATABASE, script(numbers));
        } finally {
            Files.deleteIfExists(numbers);
        }
        report.note("The tables with %,d sales were made in %.0f s.", rows, (System.nanoTime() - begun) / 1e9);
    }

    private static String script(Path numbers) {
        return String.join(
                ";\n",
                "DROP DATABASE IF EXISTS " + DATABASE + " CASCADE",
                "CREATE DATABASE " + DATABASE,
                "USE " + DATABASE,
                "CREATE TABLE " + SALES,
                "CREATE TABLE " + SHOP_LIST,
                "CREATE TABLE " + PRODUCT_LIST,
                "CREATE TABLE " + STOCK,
                "CREATE TEMPORARY TABLE numbers (id BIGINT) WITH ('connector' = 'filesystem', 'path' = '"
                        + numbers.toUri() + "', 'format' = 'csv')",
                "INSERT INTO sales SELECT " + sale("id") + " FROM numbers",
                "INSERT INTO shops SELECT CAST(id AS INT), CONCAT('shop ', CAST(id AS STRING)), CONCAT('region ',"
                        + " CAST(MOD(id, " + REGIONS + ") AS STRING)) FROM numbers WHERE id <= " + SHOPS,
                "INSERT INTO products SELECT CAST(id AS INT), CONCAT('product ', CAST(id AS STRING)), CAST(MOD(id, "
                        + CATEGORIES + ") AS INT) FROM numbers WHERE id <= " + PRODUCTS,
                "INSERT INTO stock SELECT " + stock("id") + " FROM numbers WHERE id <= " + SHOPS * PRODUCTS,
                "CALL sys.compact(`table` => '" + DATABASE + ".stock', compact_strategy => 'full')",
                "");
    }

    private static String sale(String id) {
        return id + ", TIMESTAMPADD(DAY, CAST(MOD(" + id + " * 7919, " + DAYS + ") AS INT), DATE '" + FIRST_DAY
                + "'), CAST(1 + MOD(" + id + " * 31, " + SHOPS + ") AS INT), CAST(1 + MOD(" + id + " * 17, " + PRODUCTS
                + ") AS INT), CAST(1 + MOD(" + id + ", 9) AS INT), CAST(MOD(" + id + " * 13, 10000) AS DECIMAL(15, 2))";
    }

    private static String stock(String id) {
        return "CAST(1 + MOD(" + id + ", " + SHOPS + ") AS INT), CAST(1 + MOD(" + id + " / " + SHOPS + ", " + PRODUCTS
                + ") AS INT), CAST(MOD(" + id + ", 500) AS INT), CAST(MOD(" + id + " * 13, 10000) AS DECIMAL(15, 2))";
    }

    /** A stream that sells and moves goods, and commits every five seconds. */
    static String stream(int perSecond) {
        return "SET 'execution.checkpointing.interval' = '5 s';\nUSE " + DATABASE + ";\n"
                + "CREATE TEMPORARY TABLE changes (id BIGINT) WITH ('connector' = 'datagen', 'rows-per-second' = '"
                + perSecond + "', 'fields.id.min' = '1', 'fields.id.max' = '1000000000');\n"
                + "INSERT INTO sales SELECT " + sale("id") + " FROM changes;\n"
                + "INSERT INTO stock SELECT " + stock("id") + " FROM changes;\n";
    }

    /** How many kinds of questions there are: each way to group with each measure. */
    static int shapes() {
        return ways(0, "").size() * MEASURES.size();
    }

    /** The texts of one value after those of the other; of each, one for each kind of question. */
    static List<String> texts() {
        List<String> texts = new ArrayList<>();
        for (int value = 0; value < VALUES; value++) {
            for (String measure : MEASURES) {
                texts.addAll(ways(value, measure));
            }
        }
        return texts;
    }

    private static List<String> ways(int value, String measure) {
        LocalDate day = FIRST_DAY.plusDays(value * 17L);
        int shop = 1 + value * 3;
        int category = value % CATEGORIES;
        String sold = measure.replace("(quantity", "(s.quantity").replace("(price", "(s.price");
        return List.of(
                "SELECT sold_on, " + measure + " FROM sales WHERE sold_on BETWEEN DATE '" + day + "' AND DATE '"
                        + day.plusDays(13) + "' GROUP BY sold_on ORDER BY sold_on",
                "SELECT shop, " + measure + " AS measured FROM sales WHERE sold_on = DATE '" + day
                        + "' GROUP BY shop ORDER BY measured DESC, shop LIMIT 10",
                "SELECT p.category, " + sold + " FROM sales s JOIN products p ON s.product = p.product WHERE s.shop = "
                        + shop + " GROUP BY p.category ORDER BY p.category",
                "SELECT h.region, " + sold + " FROM sales s JOIN shops h ON s.shop = h.shop WHERE s.sold_on >= DATE '"
                        + day + "' GROUP BY h.region ORDER BY h.region",
                "SELECT h.name, p.name, " + sold + " AS measured FROM sales s JOIN shops h ON s.shop = h.shop JOIN"
                        + " products p ON s.product = p.product WHERE p.category = " + category
                        + " AND s.sold_on > DATE '"
                        + day + "' GROUP BY h.name, p.name ORDER BY measured DESC, h.name, p.name LIMIT 20",
                "SELECT " + measure + " FROM sales WHERE shop = " + shop + " AND quantity > " + (1 + value % 5),
                "SELECT shop, " + measure + " FROM stock WHERE product BETWEEN " + (1 + value * 10) + " AND "
                        + (50 + value * 10) + " GROUP BY shop ORDER BY shop",
                "SELECT CASE WHEN quantity < 10 THEN 'low' ELSE 'enough' END AS level, " + measure
                        + " FROM stock WHERE shop = " + shop
                        + " GROUP BY CASE WHEN quantity < 10 THEN 'low' ELSE 'enough' END ORDER BY level");
    }
}
