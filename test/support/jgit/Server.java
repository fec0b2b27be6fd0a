import java.io.File;
import java.io.IOException;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.servlet.ServletContextHandler;
import org.eclipse.jetty.servlet.ServletHolder;
import org.eclipse.jgit.errors.RepositoryNotFoundException;
import org.eclipse.jgit.http.server.GitServlet;
import org.eclipse.jgit.storage.file.FileRepositoryBuilder;
import org.eclipse.jgit.transport.ReceivePack;

/** JGit's own HTTP server for the bare repositories of a folder; prints its port, and ends with its standard input. */
class JGitServer {
  public static void main(String[] args) throws Exception {
    File folder = new File(args[0]);
    GitServlet git = new GitServlet();
    git.setRepositoryResolver((request, name) -> {
      try {
        return new FileRepositoryBuilder().setGitDir(new File(folder, name)).setMustExist(true).setBare().build();
      } catch (RepositoryNotFoundException error) {
        throw error;
      } catch (IOException error) {
        throw new RepositoryNotFoundException(name, error);
      }
    });
    // Whoever reaches this port may push: JGit's own factory wants a user.
    git.setReceivePackFactory((request, repository) -> {
      ReceivePack receivePack = new ReceivePack(repository);
      receivePack.setPostReceiveHook((push, commands) -> age(new File(repository.getDirectory(), "objects/pack")));
      return receivePack;
    });
    Server server = new Server();
    ServerConnector loopback = new ServerConnector(server);
    loopback.setHost("127.0.0.1");
    server.addConnector(loopback);
    ServletContextHandler context = new ServletContextHandler();
    context.addServlet(new ServletHolder(git), "/*");
    server.setHandler(context);
    server.start();
    System.out.println(loopback.getLocalPort());
    System.in.read();
    System.exit(0);
  }

  /** JGit 4.11 searches packs that are younger than 2.5 s again and again until they are older: a core busy for each push. */
  private static void age(File packs) {
    long then = System.currentTimeMillis() - 60_000;
    for (File file : packs.listFiles()) file.setLastModified(then);
    packs.setLastModified(then);
  }
}
