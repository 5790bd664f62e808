package dev.weirhouse.catalog.flink;

import dev.weirhouse.catalog.HostNames;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.apache.flink.shaded.netty4.io.netty.buffer.Unpooled;
import org.apache.flink.shaded.netty4.io.netty.channel.ChannelDuplexHandler;
import org.apache.flink.shaded.netty4.io.netty.channel.ChannelFutureListener;
import org.apache.flink.shaded.netty4.io.netty.channel.ChannelHandlerContext;
import org.apache.flink.shaded.netty4.io.netty.channel.ChannelPromise;
import org.apache.flink.shaded.netty4.io.netty.handler.codec.http.DefaultFullHttpResponse;
import org.apache.flink.shaded.netty4.io.netty.handler.codec.http.FullHttpResponse;
import org.apache.flink.shaded.netty4.io.netty.handler.codec.http.HttpHeaderNames;
import org.apache.flink.shaded.netty4.io.netty.handler.codec.http.HttpHeaderValues;
import org.apache.flink.shaded.netty4.io.netty.handler.codec.http.HttpHeaders;
import org.apache.flink.shaded.netty4.io.netty.handler.codec.http.HttpMethod;
import org.apache.flink.shaded.netty4.io.netty.handler.codec.http.HttpRequest;
import org.apache.flink.shaded.netty4.io.netty.handler.codec.http.HttpResponse;
import org.apache.flink.shaded.netty4.io.netty.handler.codec.http.HttpResponseStatus;
import org.apache.flink.shaded.netty4.io.netty.handler.codec.http.HttpVersion;
import org.apache.flink.shaded.netty4.io.netty.handler.codec.http.QueryStringDecoder;
import org.apache.flink.shaded.netty4.io.netty.util.ReferenceCountUtil;

/**
 * Leaves Flink's REST server for people to read, and for nothing else. Flink itself would take jobs, savepoints and
 * cancellations from whoever reaches the port, which a page in a browser on this machine does, and lets every page read
 * the answers. This process talks to its cluster without the port.
 *
 * <p>One guard serves one connection, on the thread of its channel.
 */
final class PageGuard extends ChannelDuplexHandler {

    private static final Set<HttpMethod> READING = Set.of(HttpMethod.GET, HttpMethod.HEAD);

    /** How Flink begins the names of those actions that can be asked for by GET, for proxies that know nothing else. */
    private static final String ACTING = "yarn-";

    private final HostNames names;
    private boolean refused;

    PageGuard(HostNames names) {
        this.names = names;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (!refused && message instanceof HttpRequest request && !isAllowed(request)) {
            refused = true;
            refuse(context);
        }
        if (refused) {
            ReferenceCountUtil.release(message);
        } else {
            context.fireChannelRead(message);
        }
    }

    private boolean isAllowed(HttpRequest request) {
        HttpHeaders headers = request.headers();
        String host = headers.get(HttpHeaderNames.HOST);
        String origin = headers.get(HttpHeaderNames.ORIGIN);
        return request.decoderResult().isSuccess()
                && READING.contains(request.method())
                && !isActing(request.uri())
                && (host == null || names.include(host))
                && (origin == null || HostNames.isSame(origin, host));
    }

    /** Reads the path as Flink's router does. */
    private static boolean isActing(String uri) {
        for (String part : new QueryStringDecoder(uri).path().split("/", -1)) {
            if (part.startsWith(ACTING)) {
                return true;
            }
        }
        return false;
    }

    private static void refuse(ChannelHandlerContext context) {
        byte[] sentence = "This page is for reading, under the names of cluster.ui.hosts; jobs are ruled by weir job.\n"
                .getBytes(StandardCharsets.UTF_8);
        FullHttpResponse answer = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1, HttpResponseStatus.FORBIDDEN, Unpooled.wrappedBuffer(sentence));
        answer.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, "text/plain; charset=utf-8")
                .set(HttpHeaderNames.CONTENT_LENGTH, sentence.length)
                .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        context.writeAndFlush(answer).addListener(ChannelFutureListener.CLOSE);
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        if (message instanceof HttpResponse response) {
            // Flink allows every other page to read its answers.
            response.headers().remove(HttpHeaderNames.ACCESS_CONTROL_ALLOW_ORIGIN);
        }
        context.write(message, promise);
    }
}
