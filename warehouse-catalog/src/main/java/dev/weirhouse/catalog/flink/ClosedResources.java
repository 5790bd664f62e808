package dev.weirhouse.catalog.flink;

import java.io.IOException;
import java.util.List;
import java.util.Set;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.table.resource.ResourceManager;
import org.apache.flink.table.resource.ResourceUri;
import org.apache.flink.util.MutableURLClassLoader;

/** A session's resources, of which there are none: what is named in SQL is not loaded as code, by whichever statement. */
final class ClosedResources extends ResourceManager {

    ClosedResources(ReadableConfig config, MutableURLClassLoader classLoader) {
        super(config, classLoader);
    }

    @Override
    public void registerJarResources(List<ResourceUri> resources) throws IOException {
        if (!resources.isEmpty()) {
            throw ConnectorBounds.jarNotAllowed();
        }
    }

    @Override
    public void declareFunctionResources(Set<ResourceUri> resources) throws IOException {
        if (!resources.isEmpty()) {
            throw ConnectorBounds.jarNotAllowed();
        }
    }

    @Override
    public String registerFileResource(ResourceUri resource) throws IOException {
        throw ConnectorBounds.jarNotAllowed();
    }
}
