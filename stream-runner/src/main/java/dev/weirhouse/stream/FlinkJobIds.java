package dev.weirhouse.stream;

import java.nio.charset.StandardCharsets;
import java.util.UUID;

/** Ids of Flink jobs, 32 hexadecimal digits, made from what they execute: the same attempt has the same id everywhere. */
final class FlinkJobIds {

    private FlinkJobIds() {}

    static String of(String jobId, long attempt) {
        return UUID.nameUUIDFromBytes((jobId + "/" + attempt).getBytes(StandardCharsets.UTF_8))
                .toString()
                .replace("-", "");
    }
}
