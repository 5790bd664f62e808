package dev.weirhouse.olap.flight;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weirhouse.catalog.Answer;

/**
 * What an answer's first batch says of it, as the batch's {@code app_metadata}: a JSON object of {@code runId}, {@code cut} and,
 * for a query, {@code answeredBy}, in UTF-8.
 */
final class AnswerMetadata {

    private static final ObjectMapper JSON = new ObjectMapper();

    private AnswerMetadata() {}

    static byte[] of(Answer answer) {
        ObjectNode metadata = JSON.createObjectNode();
        metadata.put("runId", answer.runId());
        metadata.put("cut", answer.cut());
        answer.answeredBy().ifPresent(by -> metadata.put("answeredBy", by.name()));
        try {
            return JSON.writeValueAsBytes(metadata);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
