package dev.weirhouse.testkit.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.channels.ClosedByInterruptException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.paimon.catalog.CatalogContext;
import org.apache.paimon.fs.FileIO;
import org.apache.paimon.fs.FileStatus;
import org.apache.paimon.fs.Path;
import org.apache.paimon.fs.PositionOutputStream;
import org.apache.paimon.fs.SeekableInputStream;
import org.apache.paimon.options.Options;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FailingFileSystemTest {

    @TempDir
    private java.nio.file.Path folder;

    /** A test over a file system of its own. */
    @FunctionalInterface
    private interface FileTest {
        void run(SeededFaults faults, FailingFileSystem files, FileIO io, Path root) throws Exception;
    }

    private void run(FileTest test) {
        SeededFaults.run(faults -> {
            try (FailingFileSystem files = FailingFileSystem.open(folder)) {
                Path root = new Path(files.uri());
                test.run(faults, files, FileIO.get(root, CatalogContext.create(new Options())), root);
            }
        });
    }

    @Test
    void isALocalFolderWhileNothingFails() {
        run((faults, files, io, root) -> {
            Path file = new Path(root, "a/b.txt");
            io.writeFile(file, "one", false);
            assertThat(io.exists(file)).isTrue();
            assertThat(io.getFileStatus(file).getLen()).isEqualTo(3);
            assertThat(io.getFileStatus(file).getPath()).isEqualTo(file);
            assertThat(Arrays.stream(io.listStatus(new Path(root, "a"))).map(FileStatus::getPath))
                    .containsExactly(file);
            assertThat(io.rename(file, new Path(root, "a/c.txt"))).isTrue();
            assertThat(io.readFileUtf8(new Path(root, "a/c.txt"))).isEqualTo("one");
            assertThat(io.delete(new Path(root, "a"), true)).isTrue();
            assertThat(folder.resolve("a")).doesNotExist();
            assertThat(files.injected()).isEmpty();
        });
    }

    @Test
    void aFileThatAnInterruptHasClosedIsNotOpen() {
        run((faults, files, io, root) -> {
            PositionOutputStream out = io.newOutputStream(new Path(root, "interrupted"), false);
            Thread.currentThread().interrupt();
            assertThatThrownBy(out::getPos).isInstanceOf(ClosedByInterruptException.class);
            assertThat(Thread.interrupted()).isTrue();
            assertThat(files.openStreams()).isEmpty();
            assertThatThrownBy(() -> out.write(1)).isInstanceOf(IOException.class);
        });
    }

    @Test
    void aFaultStrikesTheThreadsThatItNames() {
        run((faults, files, io, root) -> {
            Path from = new Path(root, "from");
            Path to = new Path(root, "to");
            io.writeFile(from, "text", true);
            files.fail(FileFault.on(FileOperation.RENAME).inThreads("nobody"), faults);
            assertThat(io.rename(from, to)).isTrue();
            files.heal();
            files.fail(
                    FileFault.on(FileOperation.RENAME)
                            .inThreads(Thread.currentThread().getName()),
                    faults);
            assertThatThrownBy(() -> io.rename(to, from)).isInstanceOf(InjectedFault.class);
            files.heal();
            assertThat(io.delete(to, false)).isTrue();
        });
    }

    @Test
    void anOperationFailsInsteadOfItsEffect() {
        run((faults, files, io, root) -> {
            Path from = new Path(root, "from");
            Path to = new Path(root, "to");
            io.writeFile(from, "text", false);
            files.fail(FileFault.on(FileOperation.RENAME), faults);
            assertThatThrownBy(() -> io.rename(from, to))
                    .isInstanceOf(InjectedFault.class)
                    .hasMessageContaining("RENAME of " + folder.resolve("to") + " failed before its effect (seed ");
            assertThat(folder.resolve("from")).exists();
            assertThat(folder.resolve("to")).doesNotExist();
            files.heal();
            assertThat(io.rename(from, to)).isTrue();
        });
    }

    @Test
    void anAcknowledgementIsLostAfterTheEffect() {
        run((faults, files, io, root) -> {
            Path from = new Path(root, "from");
            Path to = new Path(root, "to");
            io.writeFile(from, "text", false);
            files.fail(FileFault.on(FileOperation.RENAME).afterEffect(), faults);
            assertThatThrownBy(() -> io.rename(from, to)).hasMessageContaining("failed after its effect");
            assertThat(folder.resolve("from")).doesNotExist();
            assertThat(folder.resolve("to")).hasContent("text");
        });
    }

    @Test
    void aFileWhoseEndFailsDoesNotComeToBeUnlessOnlyTheAnswerIsLost() {
        run((faults, files, io, root) -> {
            files.fail(FileFault.on(FileOperation.FINISH).matching("**/unborn"), faults);
            files.fail(FileFault.on(FileOperation.FINISH).matching("**/born").afterEffect(), faults);
            assertThatThrownBy(() -> io.writeFile(new Path(root, "unborn"), "text", false))
                    .isInstanceOf(InjectedFault.class);
            assertThatThrownBy(() -> io.writeFile(new Path(root, "born"), "text", false))
                    .isInstanceOf(InjectedFault.class);
            assertThat(folder.resolve("unborn")).doesNotExist();
            assertThat(folder.resolve("born")).hasContent("text");
        });
    }

    @Test
    void strikesAtOneCallOfThosePathsThatItConcerns() {
        run((faults, files, io, root) -> {
            files.fail(FileFault.on(FileOperation.CREATE).matching("**/x-*").atCall(2), faults);
            io.writeFile(new Path(root, "x-1"), "", false);
            io.writeFile(new Path(root, "y-1"), "", false);
            assertThatThrownBy(() -> io.writeFile(new Path(root, "x-2"), "", false))
                    .isInstanceOf(InjectedFault.class);
            io.writeFile(new Path(root, "x-3"), "", false);
            assertThat(files.injected()).singleElement().satisfies(fault -> {
                assertThat(fault.operation()).isEqualTo(FileOperation.CREATE);
                assertThat(fault.path()).isEqualTo(folder.resolve("x-2").toString());
            });
        });
    }

    @Test
    void theSeedDecidesWhatFails() throws IOException {
        boolean[][] failed = new boolean[3][100];
        long[] seeds = {5, 5, 6};
        for (int round = 0; round < seeds.length; round++) {
            boolean[] outcomes = failed[round];
            SeededFaults.run(seeds[round], faults -> {
                try (FailingFileSystem files = FailingFileSystem.open(folder)) {
                    files.fail(
                            FileFault.on(FileOperation.STATUS)
                                    .withProbability(0.3)
                                    .atMost(20),
                            faults);
                    FileIO io = new FailingFileIO();
                    for (int i = 0; i < outcomes.length; i++) {
                        outcomes[i] = fails(() -> io.exists(new Path(files.uri())));
                    }
                    assertThat(files.injected()).hasSizeBetween(10, 20);
                }
            });
        }
        assertThat(failed[0]).isEqualTo(failed[1]).isNotEqualTo(failed[2]);
    }

    private interface Attempt {
        void run() throws IOException;
    }

    private static boolean fails(Attempt attempt) throws IOException {
        try {
            attempt.run();
            return false;
        } catch (InjectedFault fault) {
            return true;
        }
    }

    @Test
    void everyOperationCanFail() {
        run((faults, files, io, root) -> {
            Path file = new Path(root, "f");
            io.writeFile(file, "text", false);
            for (FileOperation operation : FileOperation.values()) {
                files.fail(FileFault.on(operation), faults);
                assertThatThrownBy(() -> use(operation, io, root, file))
                        .as(operation.name())
                        .isInstanceOf(InjectedFault.class);
                files.heal();
            }
            assertThat(files.injected()).extracting(InjectedFault::operation).containsExactly(FileOperation.values());
        });
    }

    private static void use(FileOperation operation, FileIO io, Path root, Path file) throws IOException {
        switch (operation) {
            case OPEN, READ -> io.readFileUtf8(file);
            case CREATE, WRITE, FINISH -> io.writeFile(new Path(root, operation.name()), "text", false);
            case RENAME -> io.rename(file, new Path(root, "other"));
            case DELETE -> io.delete(file, false);
            case MAKE_FOLDER -> io.mkdirs(new Path(root, "d"));
            case LIST -> io.listStatus(root);
            case STATUS -> io.getFileStatus(file);
        }
    }

    @Test
    void aStreamLeftOpenIsReportedWithThePlaceThatOpenedIt() {
        assertLeak((io, root) -> {
            try {
                PositionOutputStream out = io.newOutputStream(new Path(root, "leak"), false);
                out.write("text".getBytes(StandardCharsets.UTF_8));
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
        assertLeak((io, root) -> {
            try {
                SeekableInputStream in = io.newInputStream(new Path(root, "leak"));
                assertThat(in.read()).isEqualTo('t');
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    private interface Use {
        void of(FileIO io, Path root);
    }

    private void assertLeak(Use leaking) {
        FailingFileSystem files = FailingFileSystem.open(folder);
        leaking.of(new FailingFileIO(), new Path(files.uri()));
        assertThat(files.openStreams()).hasSize(1);
        assertThat(FailingFileSystem.allOpenStreams()).containsAll(files.openStreams());
        assertThatThrownBy(files::close)
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("1 streams of " + files.uri() + " are still open")
                .satisfies(
                        leak -> assertThat(leak.getSuppressed()).singleElement().satisfies(opened(this.getClass())));
    }

    private static Consumer<Throwable> opened(Class<?> by) {
        return opened -> assertThat(opened.getStackTrace())
                .extracting(StackTraceElement::getClassName)
                .contains(by.getName());
    }

    @Test
    void travelsWithAJob() {
        run((faults, files, io, root) -> {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
                out.writeObject(io);
            }
            try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
                FileIO copy = (FileIO) in.readObject();
                files.fail(FileFault.on(FileOperation.LIST), faults);
                assertThatThrownBy(() -> copy.listStatus(root)).isInstanceOf(InjectedFault.class);
            }
        });
    }

    @Test
    void hadoopReachesTheSameFolder() {
        run((faults, files, io, root) -> {
            files.fail(FileFault.on(FileOperation.MAKE_FOLDER), faults);
            org.apache.hadoop.fs.Path made = new org.apache.hadoop.fs.Path(files.uri(), "ods.db");
            FileSystem hadoop = made.getFileSystem(new Configuration());
            assertThat(hadoop.mkdirs(made)).isTrue();
            assertThat(folder.resolve("ods.db")).isDirectory();
            assertThat(hadoop.getFileStatus(made).getPath()).isEqualTo(made);
            assertThat(hadoop.listStatus(made.getParent())).hasSize(1);
            assertThat(hadoop.delete(made, true)).isTrue();
            assertThat(folder.resolve("ods.db")).doesNotExist();
        });
    }

    @Test
    void aClosedFileSystemIsNotReached() {
        FailingFileSystem files = FailingFileSystem.open(folder);
        Path root = new Path(files.uri());
        files.close();
        assertThatThrownBy(() -> new FailingFileIO().exists(root))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("is open in this JVM");
    }

    @Test
    void refusesFaultsThatCannotBe() {
        FileFault fault = FileFault.on(FileOperation.READ);
        assertThatThrownBy(() -> fault.atCall(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> fault.atMost(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> fault.withProbability(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> fault.withProbability(Double.NaN)).isInstanceOf(IllegalArgumentException.class);
    }
}
