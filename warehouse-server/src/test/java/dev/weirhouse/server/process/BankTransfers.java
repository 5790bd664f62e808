package dev.weirhouse.server.process;

import dev.weirhouse.testkit.KafkaBroker;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * The bank's upstream, which goes on whoever dies: transfers between ten accounts in a topic of two partitions, each once,
 * numbered from 0 on. Now and then comes a record that is none.
 */
final class BankTransfers implements AutoCloseable {

    private static final String TOPIC = "transfers";
    private static final int PER_SECOND = 300;
    private static final int ACCOUNTS = 10;
    private static final long MALFORMED_EACH = 500;
    private static final long NANOS_EACH = Duration.ofSeconds(1).toNanos() / PER_SECOND;
    private static final Duration END_DEADLINE = Duration.ofMinutes(1);

    private final String bootstrapServers;
    private final Random random;
    private final AtomicReference<Exception> failure = new AtomicReference<>();
    private final Thread thread = new Thread(this::produce, "bank-transfers");
    private volatile boolean isRunning = true;

    /** The thread's own until it has ended. */
    private long transfers;

    /** The thread's own until it has ended. */
    private long malformed;

    private BankTransfers(String bootstrapServers, long seed) {
        this.bootstrapServers = bootstrapServers;
        this.random = new Random(seed);
    }

    /** Makes the topic and begins. */
    static BankTransfers start(KafkaBroker broker, long seed) {
        broker.createTopic(TOPIC, 2);
        BankTransfers transfers = new BankTransfers(broker.bootstrapServers(), seed);
        transfers.thread.start();
        return transfers;
    }

    /** What makes the table {@code src} of a job that reads them. */
    String source() {
        return """
                CREATE TEMPORARY TABLE src (id BIGINT, from_account INT, to_account INT) WITH ('connector' = 'kafka',
                  'topic' = '%s', 'properties.bootstrap.servers' = '%s', 'scan.startup.mode' = 'earliest-offset',
                  'format' = 'json');
                """
                .formatted(TOPIC, bootstrapServers);
    }

    private void produce() {
        try (Producer<String, String> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrapServers, "enable.idempotence", true, "acks", "all"),
                new StringSerializer(),
                new StringSerializer())) {
            long begun = System.nanoTime();
            while (isRunning) {
                long due = (System.nanoTime() - begun) / NANOS_EACH;
                while (transfers < due) {
                    send(producer);
                }
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
            }
        }
    }

    private void send(Producer<String, String> producer) {
        if (transfers % MALFORMED_EACH == MALFORMED_EACH - 1) {
            send(producer, "{\"id\": \"no transfer " + malformed + "\"");
            malformed++;
        }
        send(
                producer,
                "{\"id\": %d, \"from_account\": %d, \"to_account\": %d}"
                        .formatted(transfers, random.nextInt(ACCOUNTS), random.nextInt(ACCOUNTS)));
        transfers++;
    }

    private void send(Producer<String, String> producer, String value) {
        producer.send(new ProducerRecord<>(TOPIC, value), (done, failed) -> {
            if (failed != null) {
                failure.compareAndSet(null, failed);
            }
        });
    }

    /** Ends, and answers how many transfers there are, all of them in the topic. */
    long end() {
        close();
        if (failure.get() != null) {
            throw new AssertionError("A record did not reach the topic", failure.get());
        }
        return transfers;
    }

    /** How many records are no transfers. */
    long malformed() {
        return malformed;
    }

    @Override
    public void close() {
        isRunning = false;
        try {
            thread.join(END_DEADLINE.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (thread.isAlive()) {
            throw new AssertionError("The upstream does not end");
        }
    }
}
