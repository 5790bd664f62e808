package dev.weirhouse.catalog.flink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weirhouse.catalog.CatalogError;
import java.util.concurrent.TimeoutException;
import org.apache.flink.api.common.JobID;
import org.apache.flink.runtime.client.JobExecutionException;
import org.apache.flink.runtime.jobmanager.scheduler.NoResourceAvailableException;
import org.apache.flink.util.SerializedThrowable;
import org.junit.jupiter.api.Test;

final class FailuresTest {

    @Test
    void whoFindsNoSlotsIsToldSo() {
        Exception noSlots = new NoResourceAvailableException(
                "Slot request bulk is not fulfillable! Could not allocate the required slot within slot request timeout",
                new TimeoutException("Timeout has occurred: 300000 ms"));
        for (Throwable carried : new Throwable[] {noSlots, new SerializedThrowable(noSlots)}) {
            assertThat(Failures.running(new JobExecutionException(new JobID(), "Job execution failed.", carried)))
                    .hasMessageContaining("WEIR-2005")
                    .hasMessageContaining("cluster.slots")
                    .extracting(failure -> failure.code())
                    .isEqualTo(CatalogError.NO_SLOTS);
        }
    }
}
