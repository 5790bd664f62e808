package dev.weirhouse.catalog.flink;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import org.apache.flink.table.catalog.ObjectIdentifier;
import org.junit.jupiter.api.Test;

/** A dataset goes by what lies behind it, and by nothing that was typed to get there. */
final class DatasetsTest {

    private static final ObjectIdentifier TABLE = ObjectIdentifier.of("weirhouse", "dw", "Src");

    private static String name(String... options) {
        Map<String, String> all = new HashMap<>();
        for (int i = 0; i < options.length; i += 2) {
            all.put(options[i], options[i + 1]);
        }
        return Datasets.temporary(TABLE, all);
    }

    @Test
    void whatLiesBehindATableIsItsName() {
        assertThat(Datasets.name(TABLE)).isEqualTo("dw.src");
        assertThat(name("connector", "filesystem", "path", "file:///data/flights/"))
                .isEqualTo("file:/data/flights");
        assertThat(name("connector", "filesystem", "path", "/data/../data/flights"))
                .isEqualTo("file:/data/flights");
        assertThat(name("connector", "kafka", "topic", "t", "properties.bootstrap.servers", "a:9092, b:9092"))
                .isEqualTo("kafka://a:9092/t");
        assertThat(name(
                        "connector",
                        "postgres-cdc",
                        "hostname",
                        "db",
                        "database-name",
                        "shop",
                        "schema-name",
                        "public",
                        "table-name",
                        "orders",
                        "username",
                        "ada",
                        "password",
                        "geheim"))
                .isEqualTo("postgres://db:5432/shop.public.orders");
        assertThat(name("connector", "datagen")).isEqualTo("datagen:Src");
        assertThat(name()).isEqualTo("temporary:Src");
    }

    @Test
    void aCredentialIsNoPartOfAName() {
        assertThat(name("connector", "filesystem", "path", "s3://key:secret@bucket/flights"))
                .isEqualTo("s3://bucket/flights");
        assertThat(name("connector", "filesystem", "path", "https://host/flights?token=abc&day=1"))
                .isEqualTo("https://host/flights?token=***&day=1");
    }
}
