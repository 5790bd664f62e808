package dev.weirhouse.lineage.openlineage;

import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * The facets that events carry, each with the place of its published schema
 * (https://github.com/OpenLineage/OpenLineage/tree/main/spec).
 */
enum Facets {
    COLUMN_LINEAGE("columnLineage", "1-2-0", "ColumnLineageDatasetFacet"),
    DATASET_VERSION("version", "1-0-1", "DatasetVersionDatasetFacet"),
    DATASET_DOCUMENTATION("documentation", "1-1-0", "DocumentationDatasetFacet"),
    ERROR_MESSAGE("errorMessage", "1-0-1", "ErrorMessageRunFacet"),
    JOB_TYPE("jobType", "2-0-4", "JobTypeJobFacet"),
    LIFECYCLE("lifecycleStateChange", "1-0-1", "LifecycleStateChangeDatasetFacet"),
    OUTPUT_STATISTICS("outputStatistics", "1-0-2", "OutputStatisticsOutputDatasetFacet"),
    OUTPUT_SUBSET("subset", "1-0-0", "BaseSubsetDatasetFacet", "OutputSubsetOutputDatasetFacet"),
    OWNERSHIP("ownership", "1-0-1", "OwnershipJobFacet"),
    PARENT("parent", "1-2-0", "ParentRunFacet"),
    PROCESSING_ENGINE("processing_engine", "1-1-1", "ProcessingEngineRunFacet"),
    SCHEMA("schema", "1-2-0", "SchemaDatasetFacet"),
    SQL("sql", "1-1-0", "SQLJobFacet");

    /** Names who makes the events, as the specification asks, by a URI; the warehouse has no address of its own. */
    static final String PRODUCER = "urn:weirhouse:lineage";

    private static final String SPEC = "https://openlineage.io/spec/";

    /** The version of the specification that events keep to. */
    static final String RUN_EVENT = SPEC + "2-0-2/OpenLineage.json#/$defs/RunEvent";

    private final String key;
    private final String schema;

    Facets(String key, String version, String type) {
        this(key, version, type, type);
    }

    Facets(String key, String version, String file, String type) {
        this.key = key;
        this.schema = SPEC + "facets/" + version + "/" + file + ".json#/$defs/" + type;
    }

    /** Adds this facet, empty yet. */
    ObjectNode addTo(ObjectNode facets) {
        return facets.putObject(key).put("_producer", PRODUCER).put("_schemaURL", schema);
    }
}
