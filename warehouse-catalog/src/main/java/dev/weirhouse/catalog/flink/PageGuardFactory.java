package dev.weirhouse.catalog.flink;

import dev.weirhouse.catalog.CatalogConfig;
import dev.weirhouse.catalog.HostNames;
import dev.weirhouse.catalog.ListenAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.io.network.netty.InboundChannelHandlerFactory;
import org.apache.flink.shaded.netty4.io.netty.channel.Channel;
import org.apache.flink.shaded.netty4.io.netty.channel.ChannelHandler;
import org.apache.flink.shaded.netty4.io.netty.channel.ChannelInitializer;
import org.apache.flink.shaded.netty4.io.netty.handler.codec.http.HttpServerCodec;

/**
 * Puts a {@link PageGuard} before the REST server of the cluster in this process. Flink finds this class by
 * {@link java.util.ServiceLoader}, for every REST server in the JVM; one whose configuration does not ask for the guard
 * stays as it is.
 */
public final class PageGuardFactory implements InboundChannelHandlerFactory {

    private static final ConfigOption<String> HOST =
            ConfigOptions.key("weirhouse.page.host").stringType().noDefaultValue();
    private static final ConfigOption<List<String>> MORE_HOSTS =
            ConfigOptions.key("weirhouse.page.hosts").stringType().asList().defaultValues();

    /** Lets a cluster with this configuration have the guard. */
    static void guard(Configuration flink, CatalogConfig config) {
        flink.set(HOST, config.clusterUiAddress().host());
        flink.set(MORE_HOSTS, config.clusterUiHosts());
    }

    @Override
    public int priority() {
        return Integer.MAX_VALUE;
    }

    @Override
    public Optional<ChannelHandler> createHandler(Configuration configuration, Map<String, String> responseHeaders) {
        return configuration.getOptional(HOST).map(host -> {
            ListenAddress page = new ListenAddress("cluster.ui", host, true);
            return new GuardFirst(HostNames.of(page, configuration.get(MORE_HOSTS)));
        });
    }

    /** Flink adds this behind the handler that writes uploads to disk; the guard must come before that. */
    private static final class GuardFirst extends ChannelInitializer<Channel> {

        private final HostNames names;

        GuardFirst(HostNames names) {
            this.names = names;
        }

        @Override
        protected void initChannel(Channel channel) {
            String codec = channel.pipeline().context(HttpServerCodec.class).name();
            channel.pipeline().addAfter(codec, "weirhouse-page-guard", new PageGuard(names));
        }
    }
}
