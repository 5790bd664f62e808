package dev.weirhouse.stream;

import dev.weirhouse.catalog.Caller;
import dev.weirhouse.catalog.CatalogConfig;
import dev.weirhouse.catalog.Warehouse;
import dev.weirhouse.catalog.WarehouseException;
import dev.weirhouse.catalog.config.ConfigReader;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;

/**
 * A stream lane in a process of its own, configured by {@code key=value} arguments. Says {@code ready}, then obeys lines:
 * {@code apply NAME FILE} and {@code stop NAME}, each answered by {@code done STATE} or {@code failed CODE}.
 */
final class StreamLaneMain {

    private StreamLaneMain() {}

    public static void main(String[] arguments) throws Exception {
        Map<String, String> catalog = new HashMap<>();
        Map<String, String> stream = new HashMap<>();
        for (String argument : arguments) {
            String[] setting = argument.split("=", 2);
            (setting[0].startsWith("stream.") ? stream : catalog).put(setting[0], setting[1]);
        }
        Clock clock = Clock.systemUTC();
        try (Warehouse warehouse = Warehouse.open(ConfigReader.read(CatalogConfig.class, catalog), clock);
                StreamJobs jobs = StreamJobs.open(warehouse, ConfigReader.read(StreamConfig.class, stream), clock);
                BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            System.out.println("ready " + warehouse.metastoreUri());
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                System.out.println(obey(jobs, line.split(" ")));
            }
        }
    }

    private static String obey(StreamJobs jobs, String[] words) throws Exception {
        try {
            return "done "
                    + (words[0].equals("apply")
                                    ? jobs.apply(
                                            words[1], Files.readString(Path.of(words[2])), Caller.internal("lane test"))
                                    : jobs.stop(words[1]))
                            .state();
        } catch (WarehouseException e) {
            return "failed " + e.code().number();
        }
    }
}
