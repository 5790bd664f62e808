package dev.weirhouse.lineage.openlineage;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * Sends events to a topic, each with its job as the key, as OpenLineage's Kafka transport does: the events of a run stay in
 * their order. Loaded only where it is configured, for {@code kafka-clients} need not be there otherwise.
 */
final class KafkaReceiver implements EventReceiver {

    private static final Duration CLOSE = Duration.ofSeconds(2);

    /** How much longer than Kafka's own timeout an answer is waited for. */
    private static final Duration LONGER = Duration.ofSeconds(5);

    private final String topic;
    private final Duration timeout;
    private final Map<String, Object> properties = new HashMap<>();
    private KafkaProducer<String, String> producer;

    KafkaReceiver(String brokers, String topic, Duration timeout, Map<String, String> more) {
        this.topic = topic;
        this.timeout = timeout;
        properties.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, (int) timeout.toMillis());
        properties.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, (int) Math.max(1, timeout.toMillis() / 2));
        properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, timeout.toMillis());
        properties.put(ProducerConfig.CLIENT_ID_CONFIG, "weirhouse-openlineage");
        properties.putAll(more);
        properties.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, brokers);
        properties.put(ProducerConfig.ACKS_CONFIG, "all");
        properties.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        properties.put(ProducerConfig.LINGER_MS_CONFIG, 0);
    }

    @Override
    public String name() {
        return "kafka";
    }

    @Override
    public Outcome send(List<String> events) throws InterruptedException {
        try {
            if (producer == null) {
                producer = new KafkaProducer<>(properties, new StringSerializer(), new StringSerializer());
            }
            List<Future<RecordMetadata>> answers = new ArrayList<>();
            for (String event : events) {
                answers.add(producer.send(new ProducerRecord<>(topic, key(event), event)));
            }
            producer.flush();
            return await(answers);
        } catch (KafkaException e) {
            return failed(0, 0, e);
        }
    }

    private Outcome await(List<Future<RecordMetadata>> answers) throws InterruptedException {
        int settled = 0;
        int refused = 0;
        Optional<String> problem = Optional.empty();
        for (Future<RecordMetadata> answer : answers) {
            try {
                answer.get(timeout.plus(LONGER).toMillis(), TimeUnit.MILLISECONDS);
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof RecordTooLargeException)) {
                    return failed(settled, refused, e.getCause());
                }
                problem = Optional.of(e.getCause().toString());
                refused++;
            } catch (TimeoutException e) {
                return failed(settled, refused, e);
            }
            settled++;
        }
        return new Outcome(settled, refused, problem);
    }

    /** A producer that failed may be of no use any more; what it still holds would come behind what is sent again. */
    private Outcome failed(int settled, int refused, Throwable problem) {
        close();
        return new Outcome(settled, refused, Optional.of(problem.toString()));
    }

    private static String key(String event) {
        JsonNode job = EventJson.read(event).path("job");
        return "run:" + job.path("namespace").asText() + "/" + job.path("name").asText();
    }

    @Override
    public void close() {
        if (producer != null) {
            producer.close(CLOSE);
            producer = null;
        }
    }
}
