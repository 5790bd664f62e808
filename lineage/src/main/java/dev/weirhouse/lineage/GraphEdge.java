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
 * @param isDirect whether the target's value itself derives from the source, or, where its columns are not known, may
 */
public record GraphEdge(
        Node source,
        Node target,
        int depth,
        Optional<Dependence> dependence,
        Optional<String> reason,
        String derivation,
        boolean isDirect) {
    public GraphEdge {
        requireNonNull(source, "source is null");
        requireNonNull(target, "target is null");
        requireNonNull(dependence, "dependence is null");
        requireNonNull(reason, "reason is null");
        requireNonNull(derivation, "derivation is null");
    }

    /** The same edge, this far from where a walk began. */
    GraphEdge at(int otherDepth) {
        return new GraphEdge(source, target, otherDepth, dependence, reason, derivation, isDirect);
    }
}
