package dev.weirhouse.testkit;

import java.io.IOException;
import java.nio.file.Path;

/** Starts a broker, says its process, and waits to be killed, or for its tests to end. */
final class KafkaBrokerOwner {

    private KafkaBrokerOwner() {}

    public static void main(String[] args) throws IOException {
        try (KafkaBroker broker = KafkaBroker.start(Path.of(args[0]))) {
            System.out.println(broker.pid());
            System.in.readAllBytes();
        }
    }
}
