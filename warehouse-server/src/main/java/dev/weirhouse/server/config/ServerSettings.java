package dev.weirhouse.server.config;

import dev.weirhouse.batch.BatchConfig;
import dev.weirhouse.catalog.CatalogConfig;
import dev.weirhouse.catalog.config.ConfigReader;
import dev.weirhouse.catalog.config.Configuration;
import dev.weirhouse.consistency.CheckConfig;
import dev.weirhouse.lineage.openlineage.OpenLineageConfig;
import dev.weirhouse.olap.OlapConfig;
import dev.weirhouse.olap.duckdb.NativeConfig;
import dev.weirhouse.server.ServerConfig;
import dev.weirhouse.stream.StreamConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * All settings of a process. What comes later in this order wins: the record's default, the file, {@code WEIR_HOME} from
 * the environment, {@code --set} on the command line.
 *
 * <p>The file is the one that is named, or else the first of {@code ./weirhouse.yaml} and {@code conf/weirhouse.yaml} in
 * the installation; without any, the defaults are enough.
 */
public final class ServerSettings {

    /** The records of all components, in the order of the reference page. */
    public static final List<Class<? extends Record>> RECORDS = List.of(
            CatalogConfig.class,
            OpenLineageConfig.class,
            StreamConfig.class,
            BatchConfig.class,
            OlapConfig.class,
            NativeConfig.class,
            CheckConfig.class,
            ServerConfig.class);

    private static final String FILE_NAME = "weirhouse.yaml";
    private static final String HOME_VARIABLE = "WEIR_HOME";

    private ServerSettings() {}

    /**
     * Reads all settings.
     *
     * @param named the file given on the command line
     * @param overrides {@code --set} of the command line
     * @throws dev.weirhouse.catalog.WarehouseException CONFIG_INVALID with all problems, or CONFIG_FILE_UNREADABLE
     */
    public static Configuration load(
            Optional<Path> named, Map<String, String> overrides, Map<String, String> environment) {
        Map<String, String> values = new LinkedHashMap<>();
        named.or(ServerSettings::found).map(ConfigFile::read).ifPresent(values::putAll);
        String home = environment.getOrDefault(HOME_VARIABLE, "");
        if (!home.isEmpty()) {
            // The variable's value is a path, not a text with references of its own.
            values.put("home", home.replace("${", "$${"));
        }
        values.putAll(overrides);
        return ConfigReader.read(values, environment, RECORDS);
    }

    /** The file that is read when none is named. */
    public static Optional<Path> found() {
        Stream<Path> places = Stream.concat(
                Stream.of(Path.of(FILE_NAME)),
                Stream.ofNullable(System.getProperty("weir.install"))
                        .map(install -> Path.of(install, "conf", FILE_NAME)));
        return places.filter(Files::isRegularFile).findFirst();
    }
}
