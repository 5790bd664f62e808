package dev.weirhouse.catalog.flink.flow;

import static java.util.Objects.requireNonNull;

import java.io.Serial;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/** One submission of a job of a flow, as all of its sources know it. Filled while the job is compiled, on one thread. */
public final class FlowAttempt implements Serializable {

    @Serial
    private static final long serialVersionUID = 1L;

    private final String id;
    private final String folder;
    private final ArrayList<String> inputs = new ArrayList<>();

    /**
     * @param id of this submission alone
     * @param folder the job's, as a URI ({@link FlowFolder})
     */
    public FlowAttempt(String id, String folder) {
        this.id = requireNonNull(id, "id is null");
        this.folder = requireNonNull(folder, "folder is null");
    }

    String id() {
        return id;
    }

    String folder() {
        return folder;
    }

    /** Adds a source, and answers its number. */
    int add(String version) {
        inputs.add(version);
        return inputs.size() - 1;
    }

    /** What each source reads, by its number. */
    List<String> inputs() {
        return List.copyOf(inputs);
    }
}
