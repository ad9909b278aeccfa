# syntax=docker/dockerfile:1
# Build:  docker build -t headwater .
# stdio:  docker run -i --rm -v headwater:/data -v ./headwater.yaml:/config/headwater.yaml:ro -v ~/Notes:/notes:ro headwater
# HTTP:   docker run --rm -p 127.0.0.1:7800:7800 (the same volumes) headwater serve --http 0.0.0.0:7800
#         Inside a container 0.0.0.0 is needed, and headwater listens there only when the configuration names a bearer token
#         (server.http.token or tokens) and, under server.http.hosts, the names by which it is reached. Publish the port on
#         127.0.0.1, or put TLS in front of it.
# The build needs this folder, the image's registry and npm's registry, and nothing else.
FROM node:24-alpine AS build
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.json ./
COPY scripts ./scripts
COPY src ./src
RUN npm run build && find dist -name '*.map' -delete

FROM node:24-alpine
LABEL org.opencontainers.image.title="headwater" \
      org.opencontainers.image.description="A private, searchable, always-current copy of your notes, files and services for any AI assistant." \
      org.opencontainers.image.licenses="Apache-2.0" \
      io.modelcontextprotocol.server.name="io.github.headwater-mcp/headwater"
WORKDIR /app
COPY package.json LICENSE ./
COPY examples ./examples
COPY --from=build /build/dist ./dist
RUN mkdir -p /data /config && chown node:node /data && chmod 700 /data
# Node's own SQLite: nothing native is installed or compiled.
ENV HEADWATER_CONFIG=/config/headwater.yaml \
    HEADWATER_DATA=/data \
    HEADWATER_SQLITE=node:sqlite \
    NODE_ENV=production
USER node
VOLUME /data
EXPOSE 7800
STOPSIGNAL SIGTERM
ENTRYPOINT ["node", "/app/dist/cli.js"]
CMD ["serve"]
