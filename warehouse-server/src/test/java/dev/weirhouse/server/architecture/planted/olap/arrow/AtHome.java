package dev.weirhouse.server.architecture.planted.olap.arrow;

import dev.weirhouse.server.architecture.planted.catalog.Below;
import org.apache.arrow.vector.FieldVector;

/** As the picture has it: a lane uses the ground floor, and Arrow in the package that carries its name. */
final class AtHome {

    Below below;
    FieldVector column;
}
