package dev.weirhouse.lineage.openlineage;

import dev.weirhouse.catalog.config.ByteSize;
import dev.weirhouse.catalog.config.Setting;
import java.net.URI;
import java.time.Duration;
import java.util.Map;

/** The configuration of OpenLineage: who is told, and by which names. */
public record OpenLineageConfig(
        @Setting(
                        key = "lineage.openlineage.namespace",
                        value = "weirhouse",
                        description = "The namespace of this warehouse's jobs in OpenLineage events.")
                String namespace,
        @Setting(
                        key = "lineage.openlineage.dataset-namespace",
                        description = "The namespace of this warehouse's tables in OpenLineage events. Empty:"
                                + " hive://host:port of the metastore.")
                String datasetNamespace,
        @Setting(
                        key = "lineage.openlineage.http.url",
                        description =
                                "The whole URL that events are posted to, such as http://marquez:5000/api/v1/lineage."
                                        + " Empty: none.")
                String httpUrl,
        @Setting(
                        key = "lineage.openlineage.http.api-key",
                        secret = true,
                        description = "Sent to that URL as a bearer token.")
                String httpApiKey,
        @Setting(
                        key = "lineage.openlineage.http.headers",
                        secret = true,
                        description = "Headers by name, sent to that URL with each event.")
                Map<String, String> httpHeaders,
        @Setting(
                        key = "lineage.openlineage.timeout",
                        value = "10s",
                        min = 100,
                        max = 300000,
                        description = "How long a receiver of events may take to answer; then they are sent again.")
                Duration timeout,
        @Setting(
                        key = "lineage.openlineage.kafka.brokers",
                        description =
                                "Kafka's brokers, host:port with commas, that events are sent to; kafka-clients must"
                                        + " be on the class path. Empty: none.")
                String kafkaBrokers,
        @Setting(key = "lineage.openlineage.kafka.topic", description = "The topic that events are sent to.")
                String kafkaTopic,
        @Setting(
                        key = "lineage.openlineage.kafka.properties",
                        secret = true,
                        description = "Further settings of Kafka's producer, such as security.protocol.")
                Map<String, String> kafkaProperties,
        @Setting(
                        key = "lineage.openlineage.file.path",
                        description = "A file that events are added to, a line each. Empty: none.")
                String filePath,
        @Setting(key = "lineage.openlineage.queries", value = "false", description = "Tell of plain queries too.")
                boolean queries,
        @Setting(
                        key = "lineage.openlineage.running-interval",
                        value = "1m",
                        min = 1000,
                        max = 86400000,
                        description = "How often a streaming job's commits are told of, at most.")
                Duration runningInterval,
        @Setting(
                        key = "lineage.openlineage.journal-size",
                        value = "64mb",
                        min = 65536,
                        description =
                                "How much may wait for receivers that do not take it; beyond that the oldest events"
                                        + " are dropped, and counted.")
                ByteSize journalSize) {

    public OpenLineageConfig {
        httpHeaders = Map.copyOf(httpHeaders);
        kafkaProperties = Map.copyOf(kafkaProperties);
        if (namespace.isBlank()) {
            throw new IllegalArgumentException("lineage.openlineage.namespace: cannot be empty");
        }
        if (!httpUrl.isEmpty() && !isHttp(httpUrl)) {
            throw new IllegalArgumentException("lineage.openlineage.http.url: '" + httpUrl
                    + "' is not a URL that begins with http:// or https://");
        }
        if (kafkaBrokers.isEmpty() != kafkaTopic.isEmpty()) {
            throw new IllegalArgumentException(
                    "lineage.openlineage.kafka: brokers and topic are set together, or neither is");
        }
    }

    private static boolean isHttp(String url) {
        try {
            URI uri = URI.create(url);
            return ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme())) && uri.getHost() != null;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** Whether anybody is told. */
    public boolean tells() {
        return !httpUrl.isEmpty() || !kafkaBrokers.isEmpty() || !filePath.isEmpty();
    }
}
