package dev.weirhouse.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Edges as the API gives them, in which what is not known is missing. */
final class SnapshotDrawingTest {

    private static final String EDGES =
            """
            [{"direction": "OUT", "version": "dws.r", "snapshot": 9, "runId": "1", "job": "routes", "checkpoint": 4,
              "exactness": "exact"},
             {"direction": "IN", "version": "dwd.f", "snapshot": 7, "runId": "1", "job": "routes", "checkpoint": 4,
              "exactness": "lower bound", "reason": "a reason"},
             {"direction": "IN", "version": "kafka://b/t", "position": "{\\"t\\":{\\"0\\":5}}", "runId": "1",
              "job": "routes", "checkpoint": 4, "exactness": "exact"},
             {"direction": "IN", "version": "dim.a", "runId": "1", "job": "routes", "checkpoint": 4,
              "exactness": "unknown", "reason": "another"},
             {"direction": "OUT", "version": "dwd.f", "snapshot": 6, "runId": "2", "exactness": "exact"},
             {"direction": "IN", "version": "ods.f", "snapshot": 3, "runId": "2", "exactness": "exact"},
             {"direction": "OUT", "version": "ods.f", "snapshot": 3, "runId": "", "exactness": "unknown",
              "reason": "nobody"}]
            """;

    @Test
    void aTreeTellsWhatEachSnapshotRestsOnAndHowSureThatIs() throws Exception {
        assertThat(SnapshotDrawing.tree(ApiClient.JSON.readTree(EDGES)))
                .containsExactly(
                        "dws.r@9  exact  [job routes, checkpoint 4]",
                        "├─ dwd.f@7  lower bound: a reason  [run 2]",
                        "│  └─ ods.f@3  exact  [nobody]",
                        "├─ kafka://b/t {\"t\":{\"0\":5}}  exact",
                        "└─ dim.a  unknown: another");
    }

    @Test
    void whatNobodyCommittedIsTold() throws Exception {
        assertThat(
                        SnapshotDrawing.tree(
                                ApiClient.JSON.readTree(
                                        """
                        [{"direction": "OUT", "version": "a.b", "snapshot": 3, "runId": "", "exactness": "unknown",
                          "reason": "its commit is signed x"}]
                        """)))
                .containsExactly("a.b@3  unknown: its commit is signed x");
        assertThat(SnapshotDrawing.tree(ApiClient.JSON.createArrayNode())).containsExactly("nothing is known of it");
    }
}
