package dev.weirhouse.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weirhouse.shaded.paimon.LoadedParquetConfiguration;
import java.net.URL;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.flink.util.TemporaryClassLoaderContext;
import org.apache.hadoop.conf.Configuration;
import org.apache.paimon.shade.org.apache.parquet.ParquetReadOptions;
import org.junit.jupiter.api.Test;

/** Hadoop's settings, as Paimon's Parquet has them. */
final class ParquetSettingsTest {

    private static final int FILES = 100;

    @Test
    void hadoopsResourcesAreNotLookedForWithEachFile() {
        AtomicInteger asked = new AtomicInteger();
        ClassLoader counting = new ClassLoader(getClass().getClassLoader()) {
            @Override
            public URL getResource(String name) {
                if (name.equals("core-default.xml")) {
                    asked.incrementAndGet();
                }
                return super.getResource(name);
            }
        };
        try (TemporaryClassLoaderContext ignored = TemporaryClassLoaderContext.of(counting)) {
            for (int i = 0; i < FILES; i++) {
                ParquetReadOptions.builder();
            }
            assertThat(asked).hasValue(0);
            new Configuration().get("fs.defaultFS");
            assertThat(asked).as("what looks for it is seen").hasPositiveValue();
        }
    }

    @Test
    void whatHadoopsResourcesSayIsThereAndWhatIsSetIsSetThereAlone() {
        LoadedParquetConfiguration one = new LoadedParquetConfiguration();
        LoadedParquetConfiguration other = new LoadedParquetConfiguration();
        assertThat(one.get("fs.defaultFS")).isEqualTo("file:///");
        one.set("fs.defaultFS", "s3://b");
        assertThat(one.get("fs.defaultFS")).isEqualTo("s3://b");
        assertThat(other.get("fs.defaultFS")).isEqualTo("file:///");
        other.getConfiguration().setInt("parquet.page.size", 7);
        assertThat(other.getInt("parquet.page.size", 0)).isEqualTo(7);
        assertThat(new LoadedParquetConfiguration().getInt("parquet.page.size", 0))
                .isZero();
        assertThat(new LoadedParquetConfiguration(false).get("fs.defaultFS")).isNull();
    }
}
