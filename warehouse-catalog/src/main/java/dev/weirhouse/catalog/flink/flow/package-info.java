/**
 * How a streaming job of a flow reads: up to a boundary on all of its inputs, then, once a checkpoint was taken there, up to a
 * later one.
 *
 * <p>{@link dev.weirhouse.catalog.flink.flow.FlowTableSource} stands in the place of Paimon's source when a job of a flow is
 * compiled. In the cluster, where the job's sources are coordinated, each {@link dev.weirhouse.catalog.flink.flow.GatedScan}
 * asks the job's {@link dev.weirhouse.catalog.flink.flow.BoundaryGate} how far it may read, and tells it at each checkpoint
 * whether all of that was read. What the gate and the warehouse say to each other are files ({@link
 * dev.weirhouse.catalog.flink.flow.FlowFolder}), for the cluster may be far away.
 */
package dev.weirhouse.catalog.flink.flow;
