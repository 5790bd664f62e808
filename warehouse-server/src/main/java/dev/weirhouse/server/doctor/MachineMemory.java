package dev.weirhouse.server.doctor;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/** The memory that a new process can have. */
final class MachineMemory {

    private static final Path LINUX_INFO = Path.of("/proc/meminfo");
    private static final String AVAILABLE = "MemAvailable:";

    private MachineMemory() {}

    /**
     * Free memory with what the system's caches would give back, where the system tells; bounded by the container's, which
     * the JVM knows.
     */
    static long available() {
        OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        long jvmSees = system.getFreeMemorySize();
        long total = system.getTotalMemorySize();
        try {
            long reclaimable = Files.readAllLines(LINUX_INFO).stream()
                    .filter(line -> line.startsWith(AVAILABLE))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
                    .findFirst()
                    .orElse(jvmSees);
            return Math.min(reclaimable, total);
        } catch (IOException e) {
            return jvmSees;
        }
    }
}
