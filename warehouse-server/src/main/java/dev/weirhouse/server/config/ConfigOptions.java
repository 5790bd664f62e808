package dev.weirhouse.server.config;

import dev.weirhouse.catalog.config.Configuration;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The options of the commands that read the configuration. */
public final class ConfigOptions {

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "The configuration. Default: ./weirhouse.yaml, else conf/weirhouse.yaml of the installation.")
    private Path file;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "A setting that wins over the configuration file; may be repeated.")
    private Map<String, String> overrides = new LinkedHashMap<>();

    /**
     * Reads the settings that the options and the environment name.
     *
     * @throws dev.weirhouse.catalog.WarehouseException CONFIG_INVALID or CONFIG_FILE_UNREADABLE
     */
    public Configuration load() {
        return ServerSettings.load(Optional.ofNullable(file), overrides, System.getenv());
    }
}
