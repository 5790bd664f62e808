package dev.weirhouse.lineage.openlineage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weirhouse.lineage.openlineage.DatasetNames.DatasetId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Names go out as OpenLineage has them and come back as they were. */
final class DatasetNamesTest {

    private final DatasetNames names = new DatasetNames("hive://metastore:9083", "file:/data/warehouse");

    @ParameterizedTest
    @CsvSource({
        "dw.orders, hive://metastore:9083, dw.orders",
        "kafka://broker:9092/flights, kafka://broker:9092, flights",
        "s3://bucket/raw/day=1, s3://bucket, raw/day=1",
        "hdfs://name:8020/raw/flights, hdfs://name:8020, /raw/flights",
        "file:/data/flights, file, /data/flights",
        "postgres://host:5432/shop.public.orders, postgres://host:5432, shop.public.orders"
    })
    void everyKindOfNameComesBack(String dataset, String namespace, String name) {
        assertThat(names.openLineage(dataset)).isEqualTo(new DatasetId(namespace, name));
        assertThat(names.dataset(new DatasetId(namespace, name))).isEqualTo(dataset);
    }

    @ParameterizedTest
    @CsvSource({
        "HIVE://metastore:9083/, DW.Orders, dw.orders",
        "hive://elsewhere:9083, dw.orders, hive://elsewhere:9083/dw.orders",
        "postgres://host:5432, shop.public.orders, postgres://host:5432/shop.public.orders",
        "file, /data/flights/, file:/data/flights",
        "file://, /data/flights, file:/data/flights",
        "file, /data/warehouse/DW.db/orders, dw.orders",
        "file, /data/warehouse/dw.db/orders/bucket-0, file:/data/warehouse/dw.db/orders/bucket-0",
        "food_delivery, public.orders, food_delivery/public.orders",
        "kafka://broker:9092, flights, kafka://broker:9092/flights",
        "hive://metastore:9083, a.b.c, hive://metastore:9083/a.b.c",
        "answer:0123, x, openlineage/answer:0123/x"
    })
    void namesOfOthersAreReadAsTheyMeanThem(String namespace, String name, String dataset) {
        assertThat(names.dataset(new DatasetId(namespace, name))).isEqualTo(dataset);
    }

    @Test
    void onlyTheCatalogsTablesAreTables() {
        assertThat(names.isTable(new DatasetId("hive://metastore:9083", "dw.orders")))
                .isTrue();
        assertThat(names.isTable(new DatasetId("file", "/data/warehouse/dw.db/orders")))
                .isTrue();
        assertThat(names.isTable(new DatasetId("shop", "dw.orders"))).isFalse();
        assertThat(names.isTable(new DatasetId("file", "/data/flights.csv"))).isFalse();
    }

    @Test
    void tablesInAStoreOfObjectsAreKnownByTheirFolders() {
        DatasetNames stored = new DatasetNames("hive://metastore:9083", "s3://lake/tables");
        assertThat(stored.dataset(new DatasetId("s3://lake", "tables/dw.db/orders")))
                .isEqualTo("dw.orders");
        assertThat(stored.dataset(new DatasetId("s3://lake", "tables2/dw.db/orders")))
                .isEqualTo("s3://lake/tables2/dw.db/orders");
    }
}
