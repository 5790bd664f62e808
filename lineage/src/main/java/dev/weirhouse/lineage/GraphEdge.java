package dev.weirhouse.lineage;

import static java.util.Objects.requireNonNull;

import java.util.Optional;

/**
 * That something derives from something else.
 *
 * @param depth how many edges lie between it and where the walk began, from 1
 * @param dependence in what way; empty where no more than the tables is known
 * @param reason why no more is known
 * @param derivation whose edge it is
 */
public record GraphEdge(
        Node source,
        Node target,
        int depth,
        Optional<Dependence> dependence,
        Optional<String> reason,
        String derivation) {
    public GraphEdge {
        requireNonNull(source, "source is null");
        requireNonNull(target, "target is null");
        requireNonNull(dependence, "dependence is null");
        requireNonNull(reason, "reason is null");
        requireNonNull(derivation, "derivation is null");
    }

    /** The same edge, this far from where a walk began. */
    GraphEdge at(int otherDepth) {
        return new GraphEdge(source, target, otherDepth, dependence, reason, derivation);
    }

    /** Whether the target's value itself derives from the source. */
    public boolean isDirect() {
        // Of what decides about rows and is not known, this much is.
        boolean ofRows = target.column().isEmpty() && reason.isPresent();
        return dependence.map(Dependence::isDirect).orElse(!ofRows);
    }
}
