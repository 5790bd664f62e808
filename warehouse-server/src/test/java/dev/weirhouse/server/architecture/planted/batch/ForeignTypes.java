package dev.weirhouse.server.architecture.planted.batch;

import org.apache.arrow.vector.FieldVector;
import org.apache.calcite.rel.RelNode;
import org.apache.hadoop.fs.FileSystem;
import org.apache.paimon.Snapshot;

/** Against the picture: types of storage, transport and planner in a lane's root. */
final class ForeignTypes {

    Snapshot snapshot;
    FileSystem files;
    FieldVector column;
    RelNode plan;
}
