package dev.weirhouse.testkit;

import java.io.IOException;
import java.io.PrintStream;

/**
 * What the JVM of a {@link KafkaBroker} runs, on the broker's own class path: formats the data folder if that was not done,
 * and starts the broker. The broker's classes are found by name, for this module is compiled without them.
 */
final class KafkaBrokerMain {

    /** Any is as good: each broker is a cluster of its own. */
    private static final String CLUSTER_ID = "d2VpcmhvdXNlLXRlc3RraQ";

    private KafkaBrokerMain() {}

    public static void main(String[] args) throws ReflectiveOperationException {
        String properties = args[0];
        Thread guard = new Thread(KafkaBrokerMain::endWithParent, "end-with-parent");
        guard.setDaemon(true);
        guard.start();
        String[] format = {"format", "--ignore-formatted", "--cluster-id", CLUSTER_ID, "--config", properties};
        Object status = Class.forName("kafka.tools.StorageTool")
                .getMethod("execute", String[].class, PrintStream.class)
                .invoke(null, format, System.out);
        if (!Integer.valueOf(0).equals(status)) {
            System.exit(2);
        }
        Class.forName("kafka.Kafka").getMethod("main", String[].class).invoke(null, (Object) new String[] {properties});
    }

    /** The parent holds the other end of the standard input for as long as it lives, and says nothing. */
    private static void endWithParent() {
        try {
            System.in.readAllBytes();
        } catch (IOException e) {
            System.err.println("standard input: " + e);
        }
        Runtime.getRuntime().halt(3);
    }
}
