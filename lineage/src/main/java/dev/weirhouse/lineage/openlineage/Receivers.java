package dev.weirhouse.lineage.openlineage;

import dev.weirhouse.catalog.CatalogError;
import dev.weirhouse.catalog.WarehouseException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The receivers that a configuration names. */
final class Receivers {

    private static final String KAFKA = "org.apache.kafka.clients.producer.KafkaProducer";

    private Receivers() {}

    static List<EventReceiver> of(OpenLineageConfig config) {
        List<EventReceiver> receivers = new ArrayList<>();
        if (!config.httpUrl().isEmpty()) {
            receivers.add(new HttpReceiver(
                    URI.create(config.httpUrl()), config.timeout(), config.httpApiKey(), config.httpHeaders()));
        }
        if (!config.kafkaBrokers().isEmpty()) {
            requireKafka();
            receivers.add(new KafkaReceiver(
                    config.kafkaBrokers(), config.kafkaTopic(), config.timeout(), config.kafkaProperties()));
        }
        if (!config.filePath().isEmpty()) {
            receivers.add(new FileReceiver(Path.of(config.filePath())));
        }
        return receivers;
    }

    /** Kafka's client is no part of an install, as its connector is not. */
    private static void requireKafka() {
        try {
            Class.forName(KAFKA, false, Receivers.class.getClassLoader());
        } catch (ClassNotFoundException e) {
            throw new WarehouseException(
                    CatalogError.CONFIG_INVALID,
                    "lineage.openlineage.kafka.brokers is set, and Kafka's client is not on the class path: put"
                            + " kafka-clients into lib, or leave the key out.",
                    e);
        }
    }
}
